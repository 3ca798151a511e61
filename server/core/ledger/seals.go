package ledger

import (
	"encoding/json"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
)

// Content is what a client sent, in canonical form without the moment of sending, which differs in every attempt.
func Content(raw []byte) (string, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return "", inspect.ErrMalformed.Because(err)
	}
	delete(fields, "sent_at")
	text, err := evidence.CanonicalOf(fields)
	if err != nil {
		return "", inspect.ErrContent.With("The numbers or texts of the body do not survive JSON.").Because(err)
	}
	return string(text), nil
}

// SealedContent is a content with a salt of its own, for comparing repetitions without keeping the text.
func SealedContent(text string) (salt []byte, seal string) {
	salt = evidence.NewSalt()
	return salt, evidence.Seal("content", text, salt)
}

// SameContent says whether this content was sealed before. Once its salt is erased by decision nobody can tell, and the
// repetition of an id is taken for what it says that it is.
func SameContent(text string, salt []byte, seal string) bool {
	return len(salt) == 0 || evidence.SealMatches(seal, "content", text, salt)
}
