package minioblob

import (
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/minio/minio-go/v7"

	"spotcheck/server/blob"
)

// reasons are what a person who sets the store up can do something about, by the code that it answers with.
var reasons = map[string]string{
	minio.RequestTimeTooSkewed:  "the clock of this machine and that of the photo store differ by more than 15 minutes: set the clock",
	minio.InvalidAccessKeyID:    "the photo store does not know the access key of SPOTCHECK_S3_KEY",
	minio.SignatureDoesNotMatch: "the secret key of SPOTCHECK_S3_SECRET is not the one of its access key",
	minio.AccessDenied:          "the access key of SPOTCHECK_S3_KEY may not use this bucket",
}

// refusal is an error with a sentence for a person; nothing that waiting would mend.
type refusal struct {
	sentence string
	cause    error
}

// Error is the sentence.
func (r *refusal) Error() string { return r.sentence }

// Unwrap gives the cause.
func (r *refusal) Unwrap() error { return r.cause }

// explained says in one sentence why a store cannot be opened.
func explained(err error, o Options) error {
	if err == nil {
		return nil
	}
	var answer minio.ErrorResponse
	errors.As(err, &answer)
	why := reasons[answer.Code]
	switch unknown, named := (x509.UnknownAuthorityError{}), (x509.HostnameError{}); {
	case why != "":
	case errors.As(err, &unknown):
		why = "its certificate is signed by nobody that this machine trusts; SSL_CERT_FILE names a file of those it does"
	case errors.As(err, &named):
		why = "its certificate is for another name"
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		why = "it speaks http, not https"
	default:
		return err
	}
	return &refusal{fmt.Sprintf("photos cannot be kept at %s, bucket %s: %s", o.Endpoint, o.Bucket, why), fmt.Errorf("%w: %w", blob.ErrUnavailable, err)}
}
