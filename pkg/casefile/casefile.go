// Package casefile writes what proves a case file (案卷): the events of an issue in their canonical form, the proof of their head under the checkpoint
// of a day, the list of digests, and a script that checks all of it with sh, coreutils and openssl.
package casefile

import (
	_ "embed"
	"fmt"
	"strings"

	"spotcheck/pkg/evidence"
)

// Verify is the script that checks an unpacked case file.
//
//go:embed verify.sh
var Verify string

// The names of files of a case file.
const (
	VerifyName     = "verify.sh"
	SumsName       = "SHA256SUMS"
	CheckpointName = "checkpoint.json"
	IndexName      = "index.html"
	LogName        = "log-checkpoint.txt" // the log of all events as it was signed
	LogKeyName     = "log-key.pem"        // the public key of that
	RecordName     = "record.jsonl"       // in the folder of an issue
	ProofName      = "proof.txt"          // in the folder of an issue
	PhotosFolder   = "photos"             // in the folder of an issue
)

// RecordLine is an event as a line of record.jsonl: one object in the form of RFC 8785, of which the body is the very text that was hashed. Kinds,
// ids and types of the record are plain words.
func RecordLine(e *evidence.RecordedEvent) string {
	return fmt.Sprintf(`{"body":%s,"hash":"%s","id":"%s","kind":"%s","n":%d,"prev":"%s","schema":%d,"type":"%s"}`+"\n",
		e.Body, e.Hash, e.Stream.ID, e.Stream.Kind, e.N, e.Prev, e.Schema, e.Type)
}

// ProofText is proof.txt: where the chain ends, and how the head that it had at the checkpoint of a day leads to its root. An issue that is newer
// than the last checkpoint has no inclusion.
func ProofText(s evidence.Stream, head evidence.Head, day string, i *evidence.Inclusion) string {
	var b strings.Builder
	fmt.Fprintf(&b, "stream %s %s\nhead %d %s\n", s.Kind, s.ID, head.N, head.Hash)
	if i == nil {
		return b.String()
	}
	fmt.Fprintf(&b, "checkpoint %s %d %s\n", day, i.Head.N, i.Head.Hash)
	return b.String() + stepsText(i.Steps)
}

// LogText is the rest of proof.txt: how the last event of the issue that the signed checkpoint covers leads to its root. hash is the event's.
func LogText(n int64, hash evidence.Digest, way []evidence.InclusionStep) string {
	return fmt.Sprintf("leaf %d %s\n", n, hash) + stepsText(way)
}

// stepsText is a line for each step.
func stepsText(way []evidence.InclusionStep) string {
	var b strings.Builder
	for _, step := range way {
		side := "right"
		if step.Left {
			side = "left"
		}
		fmt.Fprintf(&b, "%s %s\n", side, step.Hash)
	}
	return b.String()
}

// Sums is the list of digests of all other files, as sha256sum reads it.
type Sums struct{ text strings.Builder }

// Add notes a file.
func (s *Sums) Add(sha256, name string) { fmt.Fprintf(&s.text, "%s  %s\n", sha256, name) }

// String is the list.
func (s *Sums) String() string { return s.text.String() }
