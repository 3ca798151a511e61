package store

import (
	"context"
	"maps"
	"slices"
	"strings"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
)

// SealTexts keeps what may identify a person beside the record, each with a salt of its own, and gives the seals that
// enter it. Empty texts leave nothing, and take away what stood there before.
func (tx *Tx) SealTexts(ctx context.Context, owner inspect.ID, texts map[string]string) (map[string]string, error) {
	var none []any
	for _, field := range slices.Sorted(maps.Keys(texts)) {
		if texts[field] == "" {
			none = append(none, field)
		}
	}
	seals, err := tx.SealNewTexts(ctx, owner, texts)
	if err != nil || len(none) == 0 {
		return seals, err
	}
	v := values{column: "field", all: padded(none)}
	return seals, tx.exec(ctx, "DELETE FROM personal_text WHERE owner = ? AND "+v.sql(), append([]any{bytesOf(owner)}, v.all...)...)
}

// SealNewTexts is SealTexts for an owner that has no texts yet: there is nothing to take away.
func (tx *Tx) SealNewTexts(ctx context.Context, owner inspect.ID, texts map[string]string) (map[string]string, error) {
	seals := map[string]string{}
	var args []any
	for _, field := range slices.Sorted(maps.Keys(texts)) { // in one order, so that nobody waits in a ring
		text := texts[field]
		if text == "" {
			continue
		}
		salt := evidence.NewSalt()
		seals[field] = evidence.Seal(field, text, salt)
		args = append(args, bytesOf(owner), field, salt, text, 0)
	}
	if len(seals) == 0 {
		return seals, nil
	}
	return seals, tx.exec(ctx, "INSERT INTO personal_text (owner, field, salt, body, erased_at) VALUES "+rowsOf(5, len(seals))+`
		ON CONFLICT (owner, field) DO UPDATE SET salt = excluded.salt, body = excluded.body, erased_at = 0`, args...)
}

// FieldBefore names a text that a correction replaced.
func FieldBefore(field string) string { return "was_" + field }

// ReplaceText puts another text of an issue in the place of one that was wrong, and by the action that says so as well; it gives the seal, empty for no
// text. What was wrong lies by the action from then on, with its salt, so that its own seal still proves it.
func (tx *Tx) ReplaceText(ctx context.Context, issue, action inspect.ID, field, text string) (seal string, err error) {
	if err := tx.exec(ctx, "UPDATE personal_text SET owner = ?, field = ? WHERE owner = ? AND field = ?",
		bytesOf(action), FieldBefore(field), bytesOf(issue), field); err != nil || text == "" {
		return "", err
	}
	salt := evidence.NewSalt()
	return evidence.Seal(field, text, salt), tx.exec(ctx, "INSERT INTO personal_text (owner, field, salt, body, erased_at) VALUES "+rowsOf(5, 2),
		bytesOf(issue), field, salt, text, 0, bytesOf(action), field, salt, text, 0)
}

// TextsReported are the texts that the report of an issue had and that were put right since, by field; what was erased of them is empty.
func (tx *Tx) TextsReported(ctx context.Context, i *IssueRow, fields ...string) (map[string]string, error) {
	all := map[string]string{}
	args := []any{i.id}
	for _, f := range fields {
		args = append(args, FieldBefore(f))
	}
	return all, tx.each(ctx, func(r scanner) error {
		var field, body string
		err := r.Scan(&field, &body)
		if field = strings.TrimPrefix(field, FieldBefore("")); err == nil {
			if _, earlier := all[field]; !earlier {
				all[field] = body
			}
		}
		return err
	}, "SELECT t.field, t.body FROM action a JOIN personal_text t ON t.owner = a.uid WHERE a.issue = ? AND a.kind = 'correct' AND t.field IN ("+
		marks(len(fields))+") ORDER BY a.id", args...)
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
func (tx *Tx) EraseTexts(ctx context.Context, i *IssueRow) error {
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
func (tx *Tx) saveWords(ctx context.Context, i *IssueRow, words string, named ...IndexedName) error {
	return tx.exec(ctx, tx.store.dialect.saveText, i.id, strings.Join(append(bigrams(words), i.nameTokens(named)...), " "))
}

// Tokens are what the search keeps of words, with blanks between; empty when there is nothing to find.
func Tokens(words string) string { return strings.Join(bigrams(words), " ") }

// maxGrams bounds what one issue adds to the index.
const maxGrams = 5000

// maxTokens bounds what one query asks for; what comes after does not narrow it further.
const maxTokens = 200

// bigrams cuts text into overlapping pairs of letters and digits, since Chinese writes no blanks and its words mostly
// have two characters. The pairs of a word stand in its order; behind them come those of its letters that were not there yet, one at least, so that
// the pairs of two words never meet. Tokens are hexadecimal, so that no database reads anything into them.
func bigrams(text string) (grams []string) {
	letters := map[string]bool{}
	for _, word := range filedWords(text) {
		grams = append(grams, pairs(word)...)
		for n := range word {
			if g := token(word[n : n+1]); !letters[g] || n == len(word)-1 {
				letters[g], grams = true, append(grams, g)
			}
		}
	}
	return grams[:min(len(grams), maxGrams)]
}

// pairs are the tokens of a word in its order.
func pairs(word []rune) (grams []string) {
	for n := 0; n+1 < len(word); n++ {
		grams = append(grams, token(word[n:n+2]))
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
