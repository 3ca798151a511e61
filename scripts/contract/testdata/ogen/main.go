// Command ogen logs in, reports, sends the photo and assigns with the client that ogen makes.
package main

import (
	"bytes"
	"context"
	api "contracttry/ogen"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/ogen-go/ogen/ogenerrors"
)

const longitude = 110.35770195978976

// token is who asks; a browser would send the cookie instead.
type token string

func (t token) Bearer(context.Context, api.OperationName) (api.Bearer, error) {
	return api.Bearer{Token: string(t)}, nil
}

func (t token) Cookie(context.Context, api.OperationName) (api.Cookie, error) {
	return api.Cookie{}, ogenerrors.ErrSkipClientSecurity
}

func want[T comparable](what string, got, wanted T) {
	if got != wanted {
		log.Fatalf("%s: got %v, want %v", what, got, wanted)
	}
}

func check(what string, err error) {
	if err != nil {
		log.Fatalf("%s: %v", what, err)
	}
}

// sized says how long a photo is: ogen sends what it reads in chunks, and the server takes no photo of unknown length.
type sized int64

func (size sized) Do(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "image/") {
		r.ContentLength = int64(size)
	}
	return http.DefaultClient.Do(r)
}

func client(t token, photo []byte) *api.Client {
	c, err := api.NewClient(os.Getenv("CONTRACT_SERVER"), t, api.WithClient(sized(len(photo))))
	check("client", err)
	return c
}

func now() api.Timestamp { return api.Timestamp(time.Now()) }

func main() {
	ctx := context.Background()
	photo, err := os.ReadFile(os.Getenv("CONTRACT_PHOTO"))
	check("photo", err)
	sum := sha256.Sum256(photo)
	unit := api.ID(uuid.MustParse(os.Getenv("CONTRACT_UNIT")))

	login, err := client("", photo).LogIn(ctx, &api.Credentials{Name: os.Getenv("CONTRACT_NAME"), Password: os.Getenv("CONTRACT_PASSWORD"), Device: api.NewOptString("ogen")})
	check("log-in", err)
	session, ok := login.(*api.Session)
	if !ok {
		log.Fatalf("log-in: %+v", login)
	}

	c := client(token(session.Token.Value), photo)
	id, pid := api.ID(uuid.New()), api.ID(uuid.New())
	reported, err := c.CreateIssue(ctx, &api.NewIssue{Category: "08012", ReportedAt: now(), SentAt: now(),
		Place:  api.NewOptPositionInput(api.PositionInput{Lat: 20.0312, Lon: longitude, Source: api.NewOptPlaceSource(api.PlaceSourceGps)}),
		Photos: []api.Declaration{{ID: pid, Kind: api.PhotoKindReport, Bytes: int64(len(photo)), SHA256: hex.EncodeToString(sum[:])}}}, api.CreateIssueParams{ID: id})
	check("report", err)
	created, ok := reported.(*api.CreateIssueCreated)
	if !ok {
		log.Fatalf("report: %+v", reported)
	}
	want("longitude", created.Issue.Value.Place.Value.Lon, longitude)

	sent, err := c.UploadPhoto(ctx, &api.UploadPhotoReqImageJpeg{Data: bytes.NewReader(photo)},
		api.UploadPhotoParams{ID: id, Photo: pid, ContentDigest: "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"})
	check("photo", err)
	safe, ok := sent.(*api.UploadPhotoCreated)
	if !ok {
		log.Fatalf("photo: %+v", sent)
	}
	want("digest of the receipt", safe.SHA256, hex.EncodeToString(sum[:]))

	assign := &api.ActionRequest{Action: api.ActionKindAssign, Unit: api.NewOptID(unit), DoneAt: now(), SentAt: now()}
	done, err := c.ActOnIssue(ctx, assign, api.ActOnIssueParams{ID: id, ActionID: api.ID(uuid.New())})
	check("assign", err)
	assigned, ok := done.(*api.ActOnIssueCreated)
	if !ok {
		log.Fatalf("assign: %+v", done)
	}
	want("status", assigned.Issue.Value.Status, api.StatusAssigned)

	done, err = c.ActOnIssue(ctx, assign, api.ActOnIssueParams{ID: id, ActionID: api.ID(uuid.New())})
	check("assign again", err)
	refused, ok := done.(*api.ActOnIssueConflict)
	if !ok {
		log.Fatalf("assign again: %+v", done)
	}
	want("code of the second assignment", refused.Code, api.ProblemCodeIssueWrongStatus)

	page, err := c.ListIssues(ctx, api.ListIssuesParams{Status: []api.Status{api.StatusAssigned}, Bbox: []float64{110, 20, 111, 21}, Unit: api.NewOptID(unit)})
	check("list", err)
	list, ok := page.(*api.IssuePage)
	if !ok {
		log.Fatalf("list: %+v", page)
	}
	found := false
	for n := range list.Issues {
		found = found || list.Issues[n].ID == id
	}
	want("the issue in the list", found, true)
	fmt.Println("ogen: log-in, report, photo, assign")
}
