package store

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"spotcheck/pkg/inspect"
)

// Fold is a text as the search compares it: wide and narrow letters, large and small ones are the same, blanks and marks are nothing. So 琼A·12345 is
// 琼A12345, ８８ 号 is 88号, and (2026-000322) is 2026000322.
func Fold(text string) string {
	return norm.NFKC.String(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.ToLower(norm.NFKC.String(text))))
}

// ends says whether a mark ends what belongs together: a sentence, or one thing of several.
func ends(r rune) bool { return strings.ContainsRune("\n，。；、！？,;!?|", r) }

// filedWords are the rows of letters and digits under which a text is filed: across blanks and marks, from one end to the next.
func filedWords(text string) [][]rune { return folded(strings.FieldsFunc(text, ends)) }

// askedWords are those that a query asks for: blanks separate them as well.
func askedWords(text string) [][]rune {
	return folded(strings.FieldsFunc(text, func(r rune) bool { return ends(r) || unicode.IsSpace(r) }))
}

func folded(parts []string) (words [][]rune) {
	for _, part := range parts {
		if word := []rune(Fold(part)); len(word) > 0 {
			words = append(words, word)
		}
	}
	return words
}

// The kinds of thing that an issue names and that it is found by, whatever it is called later.
const (
	namedCategory = 'c'
	namedUnit     = 'u'
	namedPerson   = 'p'
	namedPlate    = 'n'
	namedSite     = 's'
)

// IndexedName is a text by which an issue is filed whole, beside its words: a number plate, or a construction site.
type IndexedName struct {
	kind rune
	text string
}

// The texts by which an issue is filed whole.
func PlateNamed(text string) IndexedName { return IndexedName{namedPlate, text} }

// SiteNamed is the construction site that an issue names.
func SiteNamed(text string) IndexedName { return IndexedName{namedSite, text} }

// longestNamed is how many letters and digits of a text count by which an issue is filed whole.
const longestNamed = 100

// token is the one under which it is filed; empty where it holds neither letters nor digits.
func (n IndexedName) token() string {
	key := []rune(Fold(n.text))
	if len(key) == 0 {
		return ""
	}
	return nameToken(n.kind, string(key[:min(len(key), longestNamed)]))
}

// nameToken stands in the index for something that an issue names. No pair of letters is written so.
func nameToken(kind rune, key string) string { return "y" + token([]rune(string(kind)+key)) }

// nameTokens are those of an issue: its category, its unit, and who looks after it.
func (i *IssueRow) nameTokens(named []IndexedName) []string {
	all := []string{nameToken(namedCategory, i.Category)}
	for _, n := range named {
		if t := n.token(); t != "" {
			all = append(all, t)
		}
	}
	for _, id := range []inspect.ID{i.Unit} {
		if !id.IsZero() {
			all = append(all, nameToken(namedUnit, id.String()))
		}
	}
	for _, id := range []inspect.ID{i.Reporter, i.TakenOverBy} {
		if !id.IsZero() {
			all = append(all, nameToken(namedPerson, id.String()))
		}
	}
	return all
}

// mostNamed bounds how many things of a kind a word may mean: one that means more says nothing.
const mostNamed = 100

// named are the tokens of what a word of a query may mean: a category by a part of its name or its code, a unit by a part of its name, a person by the
// staff number, which whoever sees the issue may see.
func (tx *Tx) named(ctx context.Context, word string) (tokens []string, err error) {
	long := len([]rune(word)) > 1
	for _, of := range []struct {
		kind  rune
		query string
		means func(key, name string) bool
	}{
		{namedCategory, "SELECT code, name_zh FROM category", func(_, name string) bool { return long && strings.Contains(name, word) }},
		{namedCategory, "SELECT code, name_en FROM category", func(key, name string) bool { return Fold(key) == word || long && strings.Contains(name, word) }},
		{namedUnit, "SELECT uid, name FROM unit", func(_, name string) bool { return long && strings.Contains(name, word) }},
		{namedPerson, "SELECT uid, staff_number FROM person WHERE staff_number <> ''", func(_, name string) bool { return name == word }},
	} {
		var found []string
		if err := tx.each(ctx, func(r scanner) error {
			var id inspect.ID
			var key, name string
			if of.kind == namedCategory {
				if err := r.Scan(&key, &name); err != nil {
					return err
				}
			} else if err := r.Scan((*uid)(&id), &name); err != nil {
				return err
			} else {
				key = id.String()
			}
			if of.means(key, Fold(name)) {
				found = append(found, nameToken(of.kind, key))
			}
			return nil
		}, of.query); err != nil {
			return nil, err
		}
		if len(found) <= mostNamed {
			tokens = append(tokens, found...)
		}
	}
	slices.Sort(tokens)
	return slices.Compact(tokens), nil
}

// match is what finds all of the words of a query: of each its pairs of letters in their order, or the one letter, or something of that name. While
// issues lie there as older programs filed them, the order of the pairs does not count.
func (tx *Tx) match(ctx context.Context, text string) (string, error) {
	q := &tx.store.dialect.searching
	filed, err := tx.WordsFiled(ctx)
	if err != nil {
		return "", err
	}
	next := q.and
	if filed {
		next = q.then
	}
	var all []string
	asked := 0
	for _, word := range askedWords(text) {
		grams := pairs(word)
		if len(word) == 1 {
			grams = []string{token(word)}
		}
		grams = grams[:min(len(grams), maxTokens)]
		if asked += len(grams); asked > maxTokens && len(all) > 0 {
			break
		}
		names, err := tx.named(ctx, string(word))
		if err != nil {
			return "", err
		}
		one := "(" + strings.Join(grams, next) + ")"
		if len(names) > 0 {
			one = "(" + one + q.or + strings.Join(names, q.or) + ")"
		}
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return strings.Join(all, q.and), nil
}

// FileWords files an issue anew under its texts and what it names.
func (tx *Tx) FileWords(ctx context.Context, i *IssueRow) error {
	texts, err := tx.Texts(ctx, i.ID)
	if err != nil {
		return err
	}
	if err := tx.exec(ctx, tx.store.dialect.dropText, i.id); err != nil {
		return err
	}
	return tx.saveWords(ctx, i, strings.Join([]string{i.Number, i.ExternalNumber, texts["address"], texts["note"], texts["site"], texts["plate"]}, "\n"),
		PlateNamed(texts["plate"]),
		SiteNamed(texts["site"]))
}

// wordsFiled names the counter that says that every issue is filed under its words as they are folded now, and in their order.
const wordsFiled = "words_filed_in_order"

// WordsFiled says whether every issue is filed under its words as they are folded now, and in their order.
func (tx *Tx) WordsFiled(ctx context.Context) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT value FROM counter WHERE name = ?", wordsFiled).Scan(new(int64)))
}

// SetWordsFiled notes that it is.
func (tx *Tx) SetWordsFiled(ctx context.Context) error {
	_, err := tx.next(ctx, wordsFiled, 1)
	return err
}

// IssuesAfter gives issues in the order of their receipt; next is 0 at the end.
func (tx *Tx) IssuesAfter(ctx context.Context, after int64, most int) (ids []inspect.ID, next int64, err error) {
	err = tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		err := r.Scan(&next, (*uid)(&id))
		ids = append(ids, id)
		return err
	}, "SELECT id, uid FROM issue WHERE id > ? ORDER BY id LIMIT ?", after, most)
	return ids, next, err
}
