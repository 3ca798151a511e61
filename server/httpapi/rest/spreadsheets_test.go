package rest

import "testing"

func TestNoTextIsAFormulaBehindWhatNobodySees(t *testing.T) {
	for _, before := range []string{"", " ", "\t", "\r", "\u00a0", "\u3000", "\ufeff", "\u200b", "\u2003", "\u202a", "\u2060", "\u00ad", "\x00", "\u200b \ufeff"} {
		for _, text := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "|cmd", "＝1"} {
			if got := EscapeFormula(before + text); got != "'"+before+text {
				t.Errorf("%q behind %q is written as %q", text, before, got)
			}
		}
	}
	for _, text := range []string{"", "12", "海口", "a=b", "\u200b海", "'=1"} {
		if got := EscapeFormula(text); got != text {
			t.Errorf("%q is written as %q", text, got)
		}
	}
}
