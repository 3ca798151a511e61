package inspect_test

import (
	"testing"

	"spotcheck/pkg/inspect"
)

func TestPhoneNumber(t *testing.T) {
	for text, want := range map[string]string{"138 0000 1111": "13800001111", "138-0000-1111": "13800001111", "１３８００００１１１１": "13800001111",
		"+86 138 0000 1111": "13800001111", "0086-13800001111": "13800001111", "8613800001111": "13800001111", "(0898) 6666-1234": "089866661234",
		"（0898）66661234": "089866661234", "+852 9123 4567": "+85291234567", "12345": "12345", "\u202a13800001111\u202c": "13800001111",
		"": "", "call me": "", "1380000": "1380000", "138000011112222333344": "", "138/139": "", "+": "", "66661234转801": "",
		"+13800001111": "+13800001111", "+86 10 1234 5678": "+861012345678", "+86 1380000111": "+861380000111", "+86 2380 000 1111": "+8623800001111",
		"1234:678": "", "138\t0000\t1111": "13800001111"} {
		if got, ok := inspect.PhoneNumber(text); got != want || ok != (want != "") {
			t.Errorf("%q is read as %q, %t, want %q", text, got, ok, want)
		}
	}
}

func TestAccountNames(t *testing.T) {
	for text, want := range map[string]string{" lin ": "lin", "林晓\u200b": "林晓", "　林 晓　": "林 晓", "lin\n": "lin", "l\ti\x01n": "l\tin"} {
		if got := inspect.AccountName(text); got != want {
			t.Errorf("%q is kept as %q, want %q", text, got, want)
		}
	}
	for _, same := range [][2]string{{"Lin", "lin"}, {"ｌｉｎ", "lin"}, {"l in", "lin"}, {"lin\u00ad", "lin"}, {"office", "оffiсe"}, {"①", "1"}} {
		if inspect.AccountLook(same[0]) != inspect.AccountLook(same[1]) {
			t.Errorf("%q and %q look alike", same[0], same[1])
		}
	}
	for _, other := range [][2]string{{"lin", "ling"}, {"crew01", "crew10"}, {"林晓", "林小"}, {"li", "ll"}} {
		if inspect.AccountLook(other[0]) == inspect.AccountLook(other[1]) {
			t.Errorf("%q and %q do not look alike", other[0], other[1])
		}
	}
}
