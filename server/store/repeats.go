package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
)

// mostSites is how many construction sites of the register are looked through for a name.
const mostSites = 10_000

// sitesWith are the construction sites of the register whose name, or contractor, is a text as it is folded.
func (l *listing) sitesWith(ctx context.Context, column, text string) (ids []any, err error) {
	want := Fold(text)
	err = l.tx.each(ctx, func(r scanner) error {
		var id int64
		var is string
		if err := r.Scan(&id, &is); err != nil {
			return err
		}
		if Fold(is) == want && want != "" {
			ids = append(ids, id)
		}
		return nil
	}, "SELECT id, "+column+" FROM place WHERE kind = ? AND "+column+" <> '' LIMIT ?", string(inspect.ConstructionSite), mostSites)
	return ids, err
}

// repeated wants issues of one plate, one construction site or one contractor. The site is that of the register, or as the report names it.
func (l *listing) repeated(ctx context.Context) error {
	f := l.f
	if f.Plate != "" {
		l.filed(PlateNamed(f.Plate), nil)
	}
	if f.Site != "" {
		spots, err := l.sitesWith(ctx, "name", f.Site)
		if err != nil {
			return err
		}
		l.filed(SiteNamed(f.Site), spots)
	}
	if f.Contractor != "" {
		spots, err := l.sitesWith(ctx, "contractor", f.Contractor)
		if err != nil {
			return err
		}
		l.oneOf("i.spot", spots)
	}
	return nil
}

// filed wants what is filed whole under a text, or is about one of some places.
func (l *listing) filed(n IndexedName, spots []any) {
	d, match := &l.tx.store.dialect, n.token()
	if match == "" {
		l.and("1 = 0")
		return
	}
	q, args := d.searched(match, nil, false)
	s := source{dear: true, set: []condition{{q, args}}}
	where, its := d.findText, []any{match}
	v := &values{column: "i.spot", all: spots}
	if l.f.Sort != ByDue {
		s.streams = append(s.streams, func(after *Cursor, most int) (string, []any) {
			q, its := d.searched(match, after, l.f.Sort == OldestFirst)
			return "SELECT id, 0 AS due FROM (" + q + " LIMIT ?) hits", append(its, most)
		})
	}
	if len(spots) > 0 {
		where, its = "("+where+" OR "+v.sql()+")", append(its, spots...)
		s.set = append(s.set, l.ids("issue_spot", v.sql(), spots...))
		streams := l.each("i.spot", spots)
		if s.streams = append(s.streams, streams...); len(streams) == 0 {
			s.streams = nil // too many to merge: what is found is looked for in the whole
		}
	}
	s.covers = []int{l.and(where, its...)}
	l.sources = append(l.sources, s)
}

// RepeatKey is by what issues are gathered that repeat each other.
type RepeatKey string

// The keys.
const (
	ByPlate      RepeatKey = "plate"
	BySite       RepeatKey = "site"
	ByContractor RepeatKey = "contractor"
)

// UnmarshalText reads one of them and refuses all else.
func (k *RepeatKey) UnmarshalText(text []byte) error {
	if *k = RepeatKey(text); repeatQueries[*k] == "" {
		return errors.New("want plate, site or contractor")
	}
	return nil
}

// repeatQueries give, for some issues, the text by which they are gathered and how each stands.
var repeatQueries = map[RepeatKey]string{
	ByPlate: "SELECT t.body, i.status, i.due_at, i.fixed_at FROM issue i JOIN personal_text t ON t.owner = i.uid AND t.field = 'plate' AND t.erased_at = 0 WHERE i.id IN ",
	BySite: `SELECT COALESCE(p.name, t.body, ''), i.status, i.due_at, i.fixed_at FROM issue i LEFT JOIN place p ON p.id = i.spot AND p.kind = 'construction_site'
		LEFT JOIN personal_text t ON t.owner = i.uid AND t.field = 'site' AND t.erased_at = 0 WHERE i.id IN `,
	ByContractor: "SELECT p.contractor, i.status, i.due_at, i.fixed_at FROM issue i JOIN place p ON p.id = i.spot WHERE i.id IN ",
}

// Repeat is how many issues of a list name one plate, site or contractor, and how they stand now.
type Repeat struct {
	Name                              string // as the newest of them has it
	Received, Open, Overdue, Verified int
}

// repeatRows is how many issues are looked up at once.
const repeatRows = 512

// Repeats gathers the issues of a list that name the same plate, site or contractor: those that stand there at least twice, the most frequent first. It
// looks at as many issues as a list does; whole is false when there are more.
func (tx *Tx) Repeats(ctx context.Context, f IssueFilter, by RepeatKey, limit int) (all []Repeat, whole bool, err error) {
	l, err := tx.listing(ctx, &f)
	if err != nil {
		return nil, false, err
	}
	var keys []Cursor
	var unseen *Cursor
	if l.few {
		keys, err = l.fewOnes(ctx)
	} else {
		keys, unseen, err = l.walk(ctx, nil, l.bounds.Examined, l.bounds.Examined)
	}
	if err != nil {
		return nil, false, err
	}
	found := map[string]*Repeat{}
	for part := range slices.Chunk(keys, repeatRows) {
		if err := tx.gather(ctx, part, by, found); err != nil {
			return nil, false, err
		}
	}
	for _, r := range found {
		if r.Received > 1 {
			all = append(all, *r)
		}
	}
	slices.SortFunc(all, func(a, b Repeat) int {
		return cmp.Or(cmp.Compare(b.Received, a.Received), strings.Compare(a.Name, b.Name))
	})
	return all[:min(len(all), limit)], unseen == nil, nil
}

// gather adds some issues to what they repeat.
func (tx *Tx) gather(ctx context.Context, keys []Cursor, by RepeatKey, found map[string]*Repeat) error {
	var ids []any
	for _, k := range keys {
		ids = append(ids, k.ID)
	}
	ids = padded(ids)
	return tx.each(ctx, func(r scanner) error {
		var name string
		var i inspect.Issue
		if err := r.Scan(&name, (*string)(&i.Status), (*int64)(&i.DueAt), (*int64)(&i.FixedAt)); err != nil {
			return err
		}
		key := Fold(name)
		if key == "" {
			return nil
		}
		if found[key] == nil {
			found[key] = &Repeat{Name: strings.TrimSpace(name)}
		}
		n := found[key]
		if n.Received++; slices.Contains(open, i.Status) {
			if n.Open++; i.Overdue(tx.Now) {
				n.Overdue++
			}
		}
		if i.Status == inspect.Verified {
			n.Verified++
		}
		return nil
	}, repeatQueries[by]+"("+marks(len(ids))+") ORDER BY i.id DESC", ids...)
}
