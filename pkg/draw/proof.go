package draw

import (
	_ "embed"
	"fmt"
	"regexp"
	"strings"
)

//go:embed proof.sh
var again string

// word is what may stand in a script as it is.
var word = regexp.MustCompile(`^[0-9A-Za-z._-]*$`)

// Proof is a script that draws again, with list and seed in it; it needs sh, coreutils and awk. Ids and seed that are no plain words are refused.
func (l *List) Proof(seed string, replaced ...string) (string, error) {
	text := l.Text()
	for _, w := range append(strings.Fields(strings.ReplaceAll(text, ",", " ")), append(replaced, seed)...) {
		if !word.MatchString(w) {
			return "", fmt.Errorf("draw: %q cannot stand in a script", w)
		}
	}
	first, rest, _ := strings.Cut(again, "\n")
	given := fmt.Sprintf("digest=%s\nseed=%s\nreplaced='%s'\n", l.Digest(), seed, strings.Join(replaced, " "))
	comment, code, _ := strings.Cut(rest, "set -eu\n")
	code = strings.Replace(code, `cat >"$work/list"`, "cat >\"$work/list\" <<'LIST'\n"+text+"LIST", 1)
	return first + "\n" + comment + "set -eu\n" + given + strings.TrimSuffix(code, "exit\n"), nil
}
