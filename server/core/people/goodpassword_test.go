package people

import (
	"strings"
	"testing"
)

func TestPasswordsThatAreGuessedFirstAreRefused(t *testing.T) {
	for _, tt := range []struct{ name, password, why string }{
		{"lin", "aaaaaaaaaa", "is a row of the same or of following characters"},
		{"lin", "1212121212", "is a row of the same or of following characters"},
		{"lin", "1234567890", "is one that many people have"},
		{"lin", "2345678901", "is a row of the same or of following characters"},
		{"lin", "9876543210", "is a row of the same or of following characters"},
		{"lin", "ghijklmnopqr", "is a row of the same or of following characters"},
		{"lin", "海口海口海口海口海口", "is a row of the same or of following characters"},
		{"lin", "QWERTYUIOP", "is one that many people have"},
		{"lin", "password123", "is one that many people have"},
		{"lin", "Password2026!", "is one that many people have"},
		{"lin", "!!2026dragon", "is one that many people have"},
		{"lin", "monkeymonkey", "is a row of the same or of following characters"},
		{"lin", "short", "has not 10 to 200 characters"},
		{"linxiaoming", "LinXiaoMing", "is the name"},
		{"linxiaoming", "linxiaoming2026", "is the name"},
		{"lin", "correct horse battery", ""},
		{"lin", "another horse battery", ""},
		{"lin", "dragon and seven monkeys", ""},
		{"lin", "我在海口看海八年了吧", ""},
		{"lin", "x7f4k2m9qa", ""},
	} {
		if got := guessable(tt.name, strings.ToLower(tt.password)); got != tt.why {
			t.Errorf("%q of %s: got %q, want %q", tt.password, tt.name, got, tt.why)
		}
	}
	for range 1000 {
		if why := guessable("lin", NewSecret()); why != "" {
			t.Fatalf("a password that we made %s", why)
		}
	}
}
