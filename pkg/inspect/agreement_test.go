package inspect_test

import (
	"testing"

	"spotcheck/pkg/inspect"
)

func TestWhoSignsWhat(t *testing.T) {
	for name, c := range map[string]struct {
		v    inspect.Agreement
		want string
	}{
		"a place signs for its front":      {inspect.Agreement{Spot: id("shop"), Kind: "three_fronts"}, ""},
		"a place signs a letter":           {inspect.Agreement{Spot: id("shop"), Kind: "letter"}, ""},
		"a unit signs a letter":            {inspect.Agreement{Unit: id("longhua"), Kind: "letter"}, ""},
		"a unit has no front":              {inspect.Agreement{Unit: id("longhua"), Kind: "three_fronts"}, "/kind"},
		"both":                             {inspect.Agreement{Spot: id("shop"), Unit: id("longhua"), Kind: "letter"}, "/unit"},
		"nobody":                           {inspect.Agreement{Kind: "letter"}, "/unit"},
		"both, whatever else is wrong too": {inspect.Agreement{Spot: id("shop"), Unit: id("longhua"), Kind: "four_fronts"}, "/unit"},
	} {
		if pointer, detail := c.v.WrongSubject(); pointer != c.want || (detail == "") != (c.want == "") {
			t.Errorf("%s: %q, %q; want %q", name, pointer, detail, c.want)
		}
	}
}

func TestCoverageIsAShare(t *testing.T) {
	if share, ok := (inspect.Coverage{Signed: 3, Total: 4}).Percent(); share != 75 || !ok {
		t.Errorf("three of four are %v %%, %t", share, ok)
	}
	if _, ok := (inspect.Coverage{}).Percent(); ok {
		t.Error("none of none is a share")
	}
}
