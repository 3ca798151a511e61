package issues

import (
	"testing"
)

func FuzzChangeCursor(f *testing.F) {
	for _, text := range []string{"a.b.0", "", "..", "a.b.-1", "a.b.+1", "a.b.9223372036854775808", "a.b.1.2", ".b.1", "a..1", "a.b. 1", "a.b.01"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCursor(text)
		if err != nil {
			return
		}
		if again, err := ParseCursor(c.String()); err != nil || again != c || c.Seq < 0 || c.Epoch == "" || c.Scope == "" {
			t.Errorf("%q was read as %+v, that as %+v, %v", text, c, again, err)
		}
	})
}
