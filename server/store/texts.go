package store

import (
	"context"
	"strings"
	"unicode"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
)

// SealTexts keeps what may identify a person beside the record, each with a salt of its own, and gives the seals that
// enter it. Empty texts leave nothing, and take away what stood there before.
func (tx *Tx) SealTexts(ctx context.Context, owner inspect.ID, texts map[string]string) (map[string]string, error) {
	seals := map[string]string{}
	for field, text := range texts {
		if text == "" {
			if err := tx.exec(ctx, "DELETE FROM personal_text WHERE owner = ? AND field = ?", bytesOf(owner), field); err != nil {
				return nil, err
			}
			continue
		}
		salt := evidence.NewSalt()
		seals[field] = evidence.Seal(field, text, salt)
		if err := tx.exec(ctx, `INSERT INTO personal_text (owner, field, salt, body, erased_at) VALUES (?, ?, ?, ?, 0)
			ON CONFLICT (owner, field) DO UPDATE SET salt = excluded.salt, body = excluded.body, erased_at = 0`,
			bytesOf(owner), field, salt, text); err != nil {
			return nil, err
		}
	}
	return seals, nil
}

// PersonalText is a text that lies beside the record.
type PersonalText struct {
	Field    string
	Salt     []byte
	Body     string
	ErasedAt inspect.Time
}

// Texts gives the texts of an owner that are not erased.
func (tx *Tx) Texts(ctx context.Context, owner inspect.ID) (map[string]string, error) {
	all, err := tx.PersonalTexts(ctx, owner)
	texts := map[string]string{}
	for _, t := range all {
		if t.ErasedAt == 0 {
			texts[t.Field] = t.Body
		}
	}
	return texts, err
}

// PersonalTexts gives all texts of an owner, erased ones as a trace.
func (tx *Tx) PersonalTexts(ctx context.Context, owner inspect.ID) ([]PersonalText, error) {
	return list(ctx, tx, func(r scanner) (t PersonalText, err error) {
		err = r.Scan(&t.Field, &t.Salt, &t.Body, &t.ErasedAt)
		return t, err
	}, "SELECT field, salt, body, erased_at FROM personal_text WHERE owner = ? ORDER BY id", bytesOf(owner))
}

// EraseTexts forgets the texts of an issue and of its actions, with their salts; that they were there stays, and so does
// the reason of every erasure.
func (tx *Tx) EraseTexts(ctx context.Context, i *Row) error {
	if err := tx.exec(ctx, `UPDATE personal_text SET body = '', salt = ?, erased_at = ? WHERE erased_at = 0
		AND (owner = ? OR owner IN (SELECT uid FROM action WHERE issue = ? AND kind <> 'erase'))`, []byte{}, int64(tx.Now), bytesOf(i.ID), i.id); err != nil {
		return err
	}
	if err := tx.exec(ctx, "UPDATE issue SET content_salt = ? WHERE id = ?", []byte{}, i.id); err != nil {
		return err
	}
	if err := tx.exec(ctx, "UPDATE action SET content_salt = ? WHERE issue = ? AND kind <> 'erase'", []byte{}, i.id); err != nil {
		return err
	}
	return tx.exec(ctx, tx.store.dialect.dropText, i.id)
}

// saveWords keeps the words of an issue for the search.
func (tx *Tx) saveWords(ctx context.Context, issue int64, words string) error {
	if grams := strings.Join(bigrams(words), " "); grams != "" {
		return tx.exec(ctx, tx.store.dialect.saveText, issue, grams)
	}
	return nil
}

// maxGrams bounds what one issue adds to the index.
const maxGrams = 5000

// bigrams cuts text into overlapping pairs of letters and digits, since Chinese writes no blanks and its words mostly
// have two characters. A letter that stands alone is a token of its own. Tokens are hexadecimal, so that no database
// reads anything into them.
func bigrams(text string) []string {
	var grams []string
	seen := map[string]bool{}
	add := func(r []rune) {
		if g := token(r); !seen[g] && len(grams) < maxGrams {
			seen[g] = true
			grams = append(grams, g)
		}
	}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		runes := []rune(word)
		for n := range runes {
			add(runes[n : n+1])
			if n+1 < len(runes) {
				add(runes[n : n+2])
			}
		}
	}
	return grams
}

// token writes runes as letters that neither full-text engine splits or stems.
func token(runes []rune) string {
	const digits = "abcdefghijklmnop"
	b := []byte{'x'}
	for _, c := range []byte(string(runes)) {
		b = append(b, digits[c>>4], digits[c&15])
	}
	return string(b)
}

// match is what finds all of the words of a query: every pair of each, or the one letter.
func (d *dialect) match(text string) string {
	var tokens []string
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		runes := []rune(word)
		if len(runes) == 1 {
			tokens = append(tokens, token(runes))
		}
		for n := 0; n+1 < len(runes); n++ {
			tokens = append(tokens, token(runes[n:n+2]))
		}
	}
	if d.grouped {
		return strings.Join(tokens, " AND ")
	}
	return strings.Join(tokens, " & ")
}

// TextsOf gives some fields of many owners.
func (tx *Tx) TextsOf(ctx context.Context, owners []inspect.ID, fields ...string) (map[inspect.ID]map[string]string, error) {
	marks, args := in(owners)
	all := make(map[inspect.ID]map[string]string, len(owners))
	for _, f := range fields {
		args = append(args, f)
	}
	err := tx.each(ctx, func(r scanner) error {
		var owner inspect.ID
		var field, body string
		err := r.Scan((*uid)(&owner), &field, &body)
		if all[owner] == nil {
			all[owner] = map[string]string{}
		}
		all[owner][field] = body
		return err
	}, "SELECT owner, field, body FROM personal_text WHERE owner IN ("+marks+") AND erased_at = 0 AND field IN ("+
		strings.TrimSuffix(strings.Repeat("?, ", len(fields)), ", ")+")", args...)
	return all, err
}
