package inspect_test

import (
	"encoding"
	"fmt"
	"slices"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
)

// word makes a row of the table of words that are read from outside.
func word[T ~string, P interface {
	*T
	encoding.TextUnmarshaler
}](all []T) (read func(string) (string, error), texts []string) {
	for _, w := range all {
		texts = append(texts, string(w))
	}
	return func(text string) (string, error) {
		var v T
		err := P(&v).UnmarshalText([]byte(text))
		return string(v), err
	}, texts
}

func TestWordsRefuseEverythingElse(t *testing.T) {
	type row struct {
		read  func(string) (string, error)
		texts []string
	}
	made := func(read func(string) (string, error), texts []string) row { return row{read, texts} }
	tests := map[string]row{
		"status":       made(word(inspect.Statuses)),
		"severity":     made(word(inspect.Severities)),
		"source":       made(word(inspect.Sources)),
		"photo kind":   made(word(inspect.PhotoKinds)),
		"taken":        made(word(inspect.CaptureMethods)),
		"role":         made(word(inspect.Roles)),
		"log":          made(word(inspect.LogKinds)),
		"scope":        made(word(inspect.ScopeKinds)),
		"unit kind":    made(word(inspect.UnitKinds)),
		"area level":   made(word(inspect.AreaLevels)),
		"limit":        made(word(inspect.LimitUnits)),
		"place source": made(word(inspect.PlaceSources)),
		"action":       made(word(inspect.Actions)),
		"verdict":      made(word(inspect.Verdicts)),
		"method":       made(word(inspect.VerificationMethods)),
		"decision":     made(word(inspect.Decisions)),
		"draw":         made(word(inspect.DrawStates)),
		"standard":     made(word(inspect.StandardStates)),
		"visited":      made(word(inspect.VisitSubjects)),
		"visit":        made(word(inspect.VisitStates)),
		"answer":       made(word(inspect.AnswerResults)),
		"signature":    made(word(inspect.SignatureKinds)),
		"duty":         made(word(inspect.DutyKinds)),
		"running":      made(word(inspect.DutyStates)),
		"round":        made(word(inspect.RoundStates)),
		"quantity":     made(word(inspect.QuantitySources)),
		"task":         made(word(inspect.PlanStates)),
		"gap":          made(word(inspect.CoverageGapKinds)),
		"finding":      made(word(inspect.Findings)),
		"appeal":       made(word(inspect.AppealSubjects)),
		"letter":       made(word(inspect.LetterKinds)),
		"look":         made(word(inspect.FieldCheckResults)),
		"pending":      made(word(inspect.AllPending)),
		"paper":        made(word(inspect.PaperKinds)),
		"agreement":    made(word(inspect.AgreementKinds)),
		"choice":       made(word(inspect.DeadlineChoices)),
		"urgency":      made(word(inspect.Urgencies)),
		"channel":      made(word(inspect.Channels)),
		"message":      made(word(inspect.MessageStates)),
		"language":     made(word(inspect.Languages)),
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			for _, w := range tt.texts {
				if got, err := tt.read(w); err != nil || got != w {
					t.Errorf("%q: got %q, %v", w, got, err)
				}
				for _, no := range []string{strings.ToUpper(w), w + " ", " " + w, w + "\x00", w[:len(w)-1]} {
					if got, err := tt.read(no); err == nil || got != "" {
						t.Errorf("%q was taken as %q", no, got)
					}
				}
			}
			for _, no := range []string{"", "null", "0", "整改中"} {
				if _, err := tt.read(no); err == nil || !strings.Contains(err.Error(), fmt.Sprint(tt.texts)) {
					t.Errorf("%q: got %v, want an error that lists the words", no, err)
				}
			}
			if sorted := slices.Compact(slices.Sorted(slices.Values(tt.texts))); len(sorted) != len(tt.texts) || slices.Contains(sorted, "") {
				t.Errorf("words stand twice or are empty: %v", tt.texts)
			}
		})
	}
}

func TestAWordThatIsRefusedLeavesThePresetAlone(t *testing.T) {
	s := inspect.Severity("normal")
	if err := s.UnmarshalText([]byte("worse")); err == nil || s != "normal" {
		t.Errorf("got %q, %v", s, err)
	}
}
