package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"spotcheck/pkg/evidence"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
	"spotcheck/server/store/storetest"
)

func TestTextsAreSealed(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		texts := map[string]string{"note": "车牌 琼A·12345 '; DROP TABLE issue; --", "address": "龙昆南路 18 号", "plate": "", "site": "x", "caller_name": "林"}
		var seals map[string]string
		seal := func(owner string, texts map[string]string) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				seals, err = tx.SealTexts(ctx, id(owner), texts)
				return err
			})
		}
		seal("other", map[string]string{"note": "another's"})
		seal("issue", texts)
		delete(texts, "plate") // what is empty leaves nothing
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			all, err := tx.PersonalTexts(ctx, id("issue"))
			if len(all) != len(texts) || len(seals) != len(texts) {
				t.Errorf("got %d texts and %d seals, want %d", len(all), len(seals), len(texts))
			}
			salts := map[string]bool{}
			for n, p := range all {
				if n > 0 && p.Field < all[n-1].Field {
					t.Errorf("%s comes after %s: two copies that write in no order may wait for each other", p.Field, all[n-1].Field)
				}
				if p.Body != texts[p.Field] || p.ErasedAt != 0 || !evidence.SealMatches(seals[p.Field], p.Field, p.Body, p.Salt) {
					t.Errorf("%s: got %q, erased at %s, which its seal does not open", p.Field, p.Body, p.ErasedAt)
				}
				salts[string(p.Salt)] = true
			}
			if len(salts) != len(texts) {
				t.Errorf("got %d salts for %d texts", len(salts), len(texts))
			}
			return err
		})
		seal("issue", map[string]string{"note": "changed"})
		texts["note"] = "changed"
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Texts(ctx, id("issue"))
			same(t, "texts after a change", got, texts)
			none, errNone := tx.Texts(ctx, id("unknown"))
			same(t, "texts of nobody", none, nil)
			of, errOf := tx.TextsOf(ctx, []inspect.ID{id("issue"), id("other"), id("unknown")}, "note", "address")
			same(t, "texts of many", of, map[inspect.ID]map[string]string{
				id("issue"): {"note": "changed", "address": "龙昆南路 18 号"}, id("other"): {"note": "another's"}})
			nothing, errNothing := tx.TextsOf(ctx, nil, "note")
			same(t, "texts of nothing", nothing, nil)
			return errors.Join(err, errNone, errOf, errNothing)
		})
	})
}

func TestErasedTextsAreGone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, o store.Options) {
		s, raw := storetest.Open(t, o), storetest.Raw(t, o)
		found(t, s)
		full := reported("issue")
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			other := reported("other")
			errs := []error{tx.InsertIssue(ctx, &full, "泥土 琼A12345"), tx.InsertIssue(ctx, &other, "泥土"),
				tx.InsertAction(ctx, store.AcceptedAction{ID: id("fix"), Issue: full.ID, Kind: inspect.Fix, By: id("crew"),
					ContentSalt: []byte("salt"), ContentSeal: "x", Settled: true}),
				tx.InsertAction(ctx, store.AcceptedAction{ID: id("their fix"), Issue: other.ID, Kind: inspect.Fix, By: id("crew"),
					ContentSalt: []byte("salt"), ContentSeal: "x", Settled: true})}
			for _, owner := range []string{"issue", "fix", "other", "their fix"} {
				_, err := tx.SealTexts(ctx, id(owner), map[string]string{"note": "secret of " + owner})
				errs = append(errs, err)
			}
			return errors.Join(errs...)
		})
		var now inspect.Time
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			now = tx.Now
			return tx.EraseTexts(ctx, &full)
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, owner := range []string{"issue", "fix"} {
				traces, err := tx.PersonalTexts(ctx, id(owner))
				texts, errTexts := tx.Texts(ctx, id(owner))
				same(t, "traces of "+owner, traces, []store.PersonalText{{Field: "note", ErasedAt: now}})
				same(t, "texts of "+owner, texts, nil)
				if err := errors.Join(err, errTexts); err != nil {
					return err
				}
			}
			done, _, err := tx.Action(ctx, id("fix"))
			row, _, errRow := tx.Issue(ctx, id("issue"))
			if string(done.ContentSalt) == "salt" || string(row.ContentSalt) == string(reported("issue").ContentSalt) {
				t.Error("a salt by which the content could be guessed is still there")
			}
			return errors.Join(err, errRow)
		})
		same(t, "found by the text", search(t, s, "琼A12345"), nil)
		same(t, "found by a word of both", search(t, s, "泥土"), []string{"2026-other"})
		if n := ask[int](t, raw, "SELECT count(*) FROM personal_text WHERE body LIKE 'secret of %'"); n != 2 {
			t.Errorf("got %d texts left, want the 2 of the other issue", n)
		}
	})
}

// search gives the numbers of the issues that a text finds, in the order of their receipt.
func search(t *testing.T, s *store.Store, text string) (numbers []string) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		page, _, err := tx.ListIssues(ctx, store.IssueFilter{Text: text, Sort: store.OldestFirst, Limit: 200})
		for _, row := range page {
			numbers = append(numbers, row.Number)
		}
		return err
	})
	return numbers
}

// file keeps issues that are found by their words; each has its place in the list as its number.
func file(t *testing.T, s *store.Store, words ...string) {
	t.Helper()
	found(t, s)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		for n, w := range words {
			row := reported(fmt.Sprint(n))
			row.Number = fmt.Sprint(n)
			if err := tx.InsertIssue(ctx, &row, w); err != nil {
				return err
			}
		}
		return tx.SetWordsFiled(ctx)
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	words := []string{
		0: "2026-000001 龙昆南路口 带泥上路 琼A·12345",
		1: "龙华路 渣土车遗撒，约 20 米",
		2: "Mud on Longkun Road, B&Q gate",
		3: "",
		4: "卫生死角；垃圾",
		5: "İstanbul ſtraße ΣΊΣΥΦΟΣ ﬁx 𠮷野家 한국어",
		6: strings.Repeat("很长的备注", 2000) + " 末尾标记",
	}
	cases := []struct {
		text string
		want []string
	}{
		{"龙", []string{"0", "1"}},
		{"龙昆", []string{"0"}},
		{"昆南路", []string{"0"}},
		{"南昆", nil},
		{"路龙", nil},
		{"路 龙", []string{"0", "1"}},
		{"泥上路 龙昆", []string{"0"}},
		{"龙华 渣土", []string{"1"}},
		{"龙华 垃圾", nil},
		{"longkun", []string{"2"}},
		{"LONGKUN road", []string{"2"}},
		{"琼a·12345", []string{"0"}},
		{"12345", []string{"0"}},
		{"20", []string{"0", "1"}},
		{"b&q", []string{"2"}},
		{"b", []string{"2", "5"}},
		{"死角垃圾", nil},
		{"死角；垃圾", []string{"4"}},
		{"İSTANBUL", []string{"5"}},
		{"𠮷", []string{"5"}},
		{"𠮷野", []string{"5"}},
		{"국어", []string{"5"}},
		{"很长", []string{"6"}},
		{"2026-000001", []string{"0"}},
		{"3", []string{"0", "3"}}, // the number of one, a digit of another
		{"", []string{"0", "1", "2", "3", "4", "5", "6"}},
		{"琼A12345", []string{"0"}},
		{"琼Ａ１２３４５", []string{"0"}},
		{"（琼A）12345", []string{"0"}},
		{"2026000001", []string{"0"}},
		{"20米", []string{"1"}},
		{"２０ 米", []string{"1"}},
		{"bq", []string{"2"}},
		{"；，。", nil},
		{"*", nil},
		{`"`, nil},
		{"NOT", nil},
		{"a OR b", nil},
		{"grams : x", nil},
		{"100%", nil},
		{"_", nil},
	}
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		file(t, s, words...)
		for _, c := range cases {
			same(t, fmt.Sprintf("search for %q", c.text), search(t, s, c.text), c.want)
		}
	})
}

// TestSearchKeepsTheOrder wants the letters of a word one behind the other: what holds its pairs somewhere is not found.
func TestSearchKeepsTheOrder(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		file(t, s, "文明东路 8 号 8 栋，南路龙昆；昆南路", "文明东路 88 号；8 栋 aaba", "2026-000111", "2026-000119；2026-001110 0111")
		for text, want := range map[string][]string{
			"文明东路88号": {"1"}, "文明东路8号8栋": {"0"}, "8号8": {"0"}, "路龙昆南": nil, "baaba": nil, "aaba": {"1"}, "000111": {"2"}, "2026000111": {"2"},
		} {
			same(t, fmt.Sprintf("search for %q", text), search(t, s, text), want)
		}
	})
}

// TestSearchByNumber wants the issue first whose number is asked for, alone where it is the whole one, and every other hit once, however long pages are.
func TestSearchByNumber(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		found(t, s)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, year := range []int{2025, 2026} {
				for _, n := range []int64{7, 111, 112, 1110, 1111, 2111} {
					if _, err := tx.NextNumber(ctx, year); err != nil {
						return err
					}
					row := reported(inspect.IssueNumber(year, n))
					row.Number = inspect.IssueNumber(year, n)
					if err := tx.InsertIssue(ctx, &row, row.Number+" 见 2026000112"); err != nil {
						return err
					}
				}
			}
			return tx.SetWordsFiled(ctx)
		})
		pages := func(text string, sort store.Sort, limit int) (numbers []string) {
			t.Helper()
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				f := store.IssueFilter{Text: text, Sort: sort, Limit: limit}
				for n := 0; n == 0 || f.Cursor != nil; n++ {
					page, next, err := tx.ListIssues(ctx, f)
					if f.Cursor = next; err != nil {
						return err
					}
					if len(page) > limit || n > 20 {
						t.Fatalf("%q by %d: page %d has %d", text, limit, n, len(page))
					}
					for _, row := range page {
						numbers = append(numbers, row.Number)
					}
				}
				return nil
			})
			return numbers
		}
		for limit := range 9 {
			limit++
			for _, text := range []string{"2026-000112", "2026000112", "２０２６－０００１１２", "(2026-000112)"} {
				same(t, fmt.Sprintf("%q by %d", text, limit), pages(text, store.NewestFirst, limit), []string{"2026-000112"})
			}
			all := []string{"2026-000111", "2026-002111", "2026-001111", "2026-001110", "2025-002111", "2025-001111", "2025-001110", "2025-000111"}
			same(t, fmt.Sprintf("last digits by %d", limit), pages("111", store.NewestFirst, limit), all)
			same(t, fmt.Sprintf("with zeros by %d", limit), pages("000111", store.NewestFirst, limit), []string{"2026-000111", "2025-000111"})
			same(t, fmt.Sprintf("the oldest first by %d", limit), pages("000111", store.OldestFirst, limit), []string{"2025-000111", "2026-000111"})
			same(t, fmt.Sprintf("of no issue by %d", limit), pages("2026-000999", store.NewestFirst, limit), nil)
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			n, exact, err := tx.CountIssues(ctx, store.IssueFilter{Text: "111"})
			if n != 8 || !exact {
				t.Errorf("got %d (exact: %t), want 8", n, exact)
			}
			return err
		})
	})
}

func TestSearchTakesAnyText(t *testing.T) {
	t.Parallel()
	storetest.EachOpen(t, func(t *testing.T, s *store.Store) {
		file(t, s, "泥 mud")
		for _, text := range []string{
			"a\x00b", "\xff\xfe", "泥\xe6", "\\", "'", "''", `")(`, "a & | ! <-> :* b", "NEAR(a b)", "^a", "{a b}: c", "-", "\u202e泥", strings.Repeat("泥", 20_000),
			strings.Repeat("a b ", 20_000), strings.Repeat("(", 5000), "\ufeff", "\U0010ffff",
		} {
			if err := s.Read(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				_, _, err := tx.ListIssues(ctx, store.IssueFilter{Text: text, Sort: store.NewestFirst, Limit: 5})
				_, _, errCount := tx.CountIssues(ctx, store.IssueFilter{Text: text})
				return errors.Join(err, errCount)
			}); err != nil {
				t.Errorf("%.40q: %v", text, err)
			}
		}
	})
}

// FuzzSearch files any words and looks for any text: SQLite has to take the query, what holds the text is found, and what
// is found holds every letter of it.
func FuzzSearch(f *testing.F) {
	for _, seed := range [][2]string{{"龙昆南路 mud", "昆南"}, {"a", "A"}, {"İ ſ", "i̇"}, {"\"*NOT", "not"}, {"\x00\xff", "\x00"}, {"x y z", "z"}} {
		f.Add(seed[0], seed[1])
	}
	s := storetest.Open(f, store.Options{Path: f.TempDir() + "/fuzz.db", Now: storetest.Clock})
	if err := s.Write(f.Context(), foundIn); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, words, text string) {
		row := reported("")
		row.ID = inspect.NewID()
		row.Number = row.ID.String()
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.InsertIssue(ctx, &row, words) })
		finds := func(text string) (ok bool) {
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				page, _, err := tx.ListIssues(ctx, store.IssueFilter{Text: text, Sort: store.NewestFirst, Limit: 1})
				ok = len(page) == 1 && page[0].ID == row.ID
				return err
			})
			return ok
		}
		if text != "" && len(text) < 200 && finds(text) { // the first tokens of a longer one are asked for
			for _, r := range store.Fold(text) {
				if !strings.ContainsRune(store.Fold(words), r) {
					t.Errorf("%q finds %q, which has no %q", text, words, r)
				}
			}
		}
		if strings.ContainsFunc(words, letter) && len(words) < 1000 && !finds(words) {
			t.Errorf("%q does not find itself", words)
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.EraseTexts(ctx, &row) })
		if text != "" && finds(text) {
			t.Errorf("%q still finds %q, which was erased", text, words)
		}
	})
}

func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// FuzzFold folds any text: once more changes nothing, what a person would call the same is the same, and only letters and digits are left.
func FuzzFold(f *testing.F) {
	for _, seed := range []string{"琼A·12345", "８８ 号", "(2026-000322)", "\u1100-\u1161", "\u212a", "\u1d2c", "é\u0301", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		folded := store.Fold(text)
		if again := store.Fold(folded); again != folded {
			t.Errorf("%q is %q, and that is %q", text, folded, again)
		}
		for _, r := range folded {
			if !letter(r) {
				t.Errorf("%q is %q, with %q", text, folded, r)
			}
		}
		for _, other := range []string{" " + text, text + "·", "（" + text + "）"} {
			if got := store.Fold(other); got != folded {
				t.Errorf("%q is %q, want %q as of %q", other, got, folded, text)
			}
		}
	})
}
