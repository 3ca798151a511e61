package photoapi

import (
	"fmt"
	"regexp"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// Declaration is what a phone says of a photo before it sends the bytes.
type Declaration struct {
	ID         inspect.ID            `json:"id" need:"true"`
	SHA256     string                `json:"sha256" need:"true" max:"64"`
	Bytes      int64                 `json:"bytes" need:"true"`
	Kind       inspect.PhotoKind     `json:"kind" need:"true"`
	CapturedAt inspect.Claim         `json:"captured_at"`
	Taken      inspect.CaptureMethod `json:"taken"`
}

var sha256Digits = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Declarations turns what a phone says of its photos into the words of the record. What cannot be of it is left out.
func Declarations(in []Declaration) (all []inspect.Declaration, lost []inspect.DroppedClaim, wrong []fault.Field) {
	seen := map[inspect.ID]bool{}
	for n, p := range in {
		at := fmt.Sprintf("/photos/%d", n)
		if !sha256Digits.MatchString(p.SHA256) {
			wrong = append(wrong, fault.Field{Pointer: at + "/sha256", Detail: "want 64 lower-case hexadecimal digits"})
		}
		if p.Bytes < 1 {
			wrong = append(wrong, fault.Field{Pointer: at + "/bytes", Detail: "want at least 1"})
		}
		if seen[p.ID] {
			wrong = append(wrong, fault.Field{Pointer: at + "/id", Detail: "stands twice"})
		}
		seen[p.ID] = true
		if p.Taken == "" {
			p.Taken = "unknown"
		}
		all = append(all, inspect.Declaration{ID: p.ID, SHA256: p.SHA256, Bytes: p.Bytes, Kind: p.Kind, CapturedAt: p.CapturedAt.Time, CaptureMethod: p.Taken})
		if p.CapturedAt.Impossible != "" {
			lost = append(lost, inspect.DroppedClaim{Field: at + "/captured_at", Said: p.CapturedAt.Impossible, Photo: p.ID})
		}
	}
	return all, lost, wrong
}
