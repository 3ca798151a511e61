package inspect

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var updateTables = flag.Bool("update", false, "write the tables of testdata anew")

// agreed is a table of the trade as text. What stands there was read against rules.md; a change of a right, a state or a word is seen as one.
func agreed(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name
	if *updateTables {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s is not what was agreed (-agreed +now):\n%s", name, d)
	}
}

// TestRights holds who may do what.
func TestRights(t *testing.T) {
	var b strings.Builder
	for _, p := range slices.Sorted(func(yield func(Permission) bool) {
		for p := range policy {
			if !yield(p) {
				return
			}
		}
	}) {
		r := policy[p]
		fmt.Fprintf(&b, "%s: %v", p, r.roles)
		if len(r.own) > 0 {
			fmt.Fprintf(&b, ", own reports %v", r.own)
		}
		if r.helps {
			b.WriteString(", assisting units too")
		}
		if len(r.while) > 0 {
			fmt.Fprintf(&b, ", own while %v", r.while)
		}
		b.WriteString("\n")
	}
	for _, role := range Roles {
		fmt.Fprintf(&b, "scopes of %s: %v\n", role, reach[role])
	}
	agreed(t, "rights.txt", b.String())
}

// TestLife holds from which states each action goes and what it carries.
func TestLife(t *testing.T) {
	var b strings.Builder
	for _, a := range Actions {
		s := life[a]
		fmt.Fprintf(&b, "%s (%s): from %v, needs %v, takes %v", a, past[a], s.from, s.needs, s.takes)
		if s.onPhone {
			b.WriteString(", in the field")
		}
		if offers[a] != nil {
			b.WriteString(", offered by its rule")
		}
		b.WriteString("\n")
	}
	for _, e := range slices.Sorted(func(yield func(string) bool) {
		for e, is := range begun {
			if is && !yield(e) {
				return
			}
		}
	}) {
		fmt.Fprintf(&b, "begins a step: %s\n", e)
	}
	agreed(t, "life.txt", b.String())
}

// TestWords holds the values of every list of words.
func TestWords(t *testing.T) {
	var b strings.Builder
	for _, list := range []any{Statuses, Severities, Sources, PhotoKinds, CaptureMethods, Roles, ScopeKinds, UnitKinds, AreaLevels, PlaceSources, FlagKinds, Decisions,
		Verdicts, VerificationMethods, AgreementKinds, Urgencies, Channels, MessageStates, Languages, DeadlineChoices, LetterKinds, AppealSubjects, Findings,
		FieldCheckResults, CoverageGapKinds, DrawStates, StandardStates, VisitSubjects, VisitStates, AnswerResults, SignatureKinds, DutyKinds, DutyStates, RoundStates, QuantitySources,
		PaperKinds, AllPending, PlanStates, SpotKinds} {
		fmt.Fprintf(&b, "%T %q\n", list, list)
	}
	agreed(t, "words.txt", b.String())
}

// TestLookalikes holds each letter of another script that looks like a Latin one.
func TestLookalikes(t *testing.T) {
	for other, latin := range map[string]string{"а": "a", "с": "c", "ԁ": "d", "е": "e", "һ": "h", "і": "i", "ј": "j", "ӏ": "l", "о": "o", "р": "p", "ѕ": "s", "ԝ": "w",
		"х": "x", "у": "y", "α": "a", "ο": "o", "ν": "v", "ρ": "p", "ι": "i", "ı": "i", "к": "k", "м": "m", "т": "t", "в": "b", "н": "h"} {
		if got := AccountLook(other); got != latin {
			t.Errorf("%s looks like %q, want %q", other, got, latin)
		}
		if got := AccountLook("Ｌ " + other + "\u200b"); got != "l"+latin {
			t.Errorf("L %s looks like %q", other, got)
		}
	}
	if got := AccountName(" l\u200bi\ufe0f "); got != "li" {
		t.Errorf("a name is kept as %q", got)
	}
}

func TestPhoneNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"13800000000":           "13800000000",
		" １３８ 0000－0000 ":       "13800000000",
		"+86 138 0000 0000":     "13800000000",
		"0086 13800000000":      "13800000000",
		"86-13800000000":        "13800000000",
		"8613800000000":         "13800000000",
		"86 2380000000":         "862380000000",  // ten digits after it
		"86 23800000000":        "8623800000000", // no mobile number
		"+49 30 1234567":        "+49301234567",
		"0049 (30) 123·4567":    "+49301234567",
		"+0049301234567":        "+0049301234567",
		"(0898) 6872-0000":      "089868720000",
		"12345":                 "12345",
		"1234":                  "",
		"12345678901234567890":  "12345678901234567890",
		"123456789012345678901": "",
		"1+2345678":             "",
		"++12345678":            "",
		"138 0000 000O":         "",
		"":                      "",
		"+":                     "",
	} {
		got, ok := PhoneNumber(text)
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t, want %q", text, got, ok, want)
		}
	}
}

func TestChannelsAsTheyAre(t *testing.T) {
	for _, c := range Channels {
		robot := c == WeCom || c == DingTalk || c == Feishu
		if c.Robot() != robot || c.Selectable() != (c != Inbox && c != Webhook) || c.SupportsDigest() != (robot || c == Email) {
			t.Errorf("%s: robot %t, chosen %t, digest %t", c, c.Robot(), c.Selectable(), c.SupportsDigest())
		}
	}
}
