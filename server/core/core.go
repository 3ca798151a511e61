// Package core is what the office does, one function for each thing that a person would ask for. It knows neither HTTP nor
// SQL: it checks, orders the work, and leaves durability to store and blob.
package core

import (
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/server/blob"
	"spotcheck/server/notify"
	"spotcheck/server/secret"
	"spotcheck/server/store"
)

// Core is the office at work on one database and one blob store.
type Core struct {
	Store  *store.Store
	Blobs  blob.Store
	Zone   *time.Location // of the city
	Now    func() time.Time
	Log    *slog.Logger
	Decode photo.Decoder         // outside this process
	Gate   *photo.PixelSemaphore // bounds what is decoded at once
	Bell   Bell                  // rings when there are new events
	Meter  Meter                 // what was done since the start

	Secrets   secret.Box             // for what has to be read back
	Outside   *notify.OutboundClient // the door to other machines
	PublicURL string                 // of the server, empty where nobody knows it

	Free    func() (int64, error) // bytes left on the disk of uploads; nil when nobody looks
	MinFree int64                 // below which photos are refused

	PasswordMemory uint32        // KiB that a new password hash takes; New sets it
	Lot            func() string // draws the seed of a draw; New sets it

	declared  []AnySetting // of every room
	followers []Followers
	wordings  Wordings
	pace      pace
	calendars calendars
	sums      sums          // of figures
	ground    ground        // the outlines of areas
	atlas     chan struct{} // bounds how many files of areas are checked at once
	intake    chan struct{} // bounds how many tables of work from elsewhere are checked at once
	buffers   sync.Pool     // of *[spoolBuffer]byte
	hashing   chan struct{} // bounds the memory of password hashes
}

// New makes a core; every field of what it is given is set.
func New(c *Core) *Core {
	c.PasswordMemory, c.Lot = argonMemory, rand.Text
	c.Follow(Followers{Before: c.expects, View: c.proposal, Page: c.responsible})
	c.Follow(Followers{Page: c.nearSpotsOf})
	c.Follow(Followers{After: c.count})
	c.Follow(Followers{After: c.tellOf})
	c.wordings = Wordings{}
	for _, some := range []Wordings{IssueWordings, PlanWordings, PaperWordings, ReportWordings, ImportWordings, ExposureWordings} {
		maps.Copy(c.wordings, some)
	}
	c.hashing = make(chan struct{}, 2)
	c.declared = slices.Concat(CitySettings, []AnySetting{&LateWindowMinutes, &AssignMinutes, &VerifyMinutes, &CityBasemap, &SourceDesks, &PlaceKinds, &DutyRoster, &DigestTimes,
		&VisitShare, &PaperOffices, &ReplyLimits, &ScoreFormula, &ReportSchedules, &ExposureBoard, &PublicLookup})
	c.atlas = make(chan struct{}, 1)
	c.intake = make(chan struct{}, 1)
	return c
}

// spoolBuffer is how many bytes of an upload are read at once.
const spoolBuffer = 128 << 10

// Clock is the moment of this machine; everything else is given it.
func Clock() time.Time { return time.Now() }

// content is what a client sent, in canonical form without the moment of sending, which differs in every attempt.
func content(raw []byte) (string, error) {
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

// sealedContent is a content with a salt of its own, for comparing repetitions without keeping the text.
func sealedContent(text string) (salt []byte, seal string) {
	salt = evidence.NewSalt()
	return salt, evidence.Seal("content", text, salt)
}

// sameContent says whether this content was sealed before. Once its salt is erased by decision nobody can tell, and the
// repetition of an id is taken for what it says that it is.
func sameContent(text string, salt []byte, seal string) bool {
	return len(salt) == 0 || evidence.SealMatches(seal, "content", text, salt)
}
