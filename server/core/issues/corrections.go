package issues

import (
	"context"
	"fmt"
	"slices"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// CorrectedTexts are the texts of an issue that can be put right.
var CorrectedTexts = []string{"address", "plate"}

// Words are the same in both languages of the product.
type Words struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// FieldChange is one field that a correction put right, as people read it; nil where nothing stood there, or nothing stands there now.
type FieldChange struct {
	Field   string
	Was, Is *Words
}

// SeverityWords say how serious something is.
var SeverityWords = map[inspect.Severity]Words{"minor": {"轻微", "minor"}, "normal": {"一般", "normal"}, "serious": {"严重", "serious"}}

// correctionNames are what corrections name.
type correctionNames struct {
	categories map[string]inspect.Category
	areas      map[inspect.ID]string
	spots      map[inspect.ID]string
	zone       *time.Location
}

// namesOfCorrections looks up what some events name that put something right.
func namesOfCorrections(ctx context.Context, tx *store.Tx, bodies []inspect.Event, zone *time.Location) (n correctionNames, err error) {
	var codes []string
	var areas []inspect.ID
	n = correctionNames{categories: map[string]inspect.Category{}, spots: map[inspect.ID]string{}, zone: zone}
	for k := range bodies {
		e := &bodies[k]
		if e.Was == nil {
			continue
		}
		codes, areas = append(codes, e.Category, e.Was.Category), append(areas, e.Area, e.Was.Area)
		for _, id := range []inspect.ID{e.Spot, e.Was.Spot} {
			if n.spots[id] != "" || id.IsZero() {
				continue
			}
			s, _, err := tx.Spot(ctx, id)
			if err != nil {
				return n, err
			}
			n.spots[id] = s.Name
		}
	}
	if len(codes) == 0 {
		return n, nil
	}
	all, err := tx.CategoriesOf(ctx, slices.Compact(slices.Sorted(slices.Values(codes))))
	if err != nil {
		return n, err
	}
	for _, c := range all {
		n.categories[c.Code] = c
	}
	n.areas, err = tx.NodeNames(ctx, store.AreaTree, areas)
	return n, err
}

// of gives what an event put right, with the texts that lie by it.
func (n *correctionNames) of(e *inspect.Event, texts map[string]string) (all []FieldChange) {
	if e.Was == nil {
		return nil
	}
	add := func(field string, was, is *Words) {
		if was != nil || is != nil {
			all = append(all, FieldChange{field, was, is})
		}
	}
	add("category", n.category(e.Was.Category), n.category(e.Category))
	add("severity", severity(e.Was.Severity), severity(e.Severity))
	add("area", plain(n.areas[e.Was.Area]), plain(n.areas[e.Area]))
	add("place_id", plain(n.spots[e.Was.Spot]), plain(n.spots[e.Spot]))
	add("place", position(e.Was.Place), position(e.Place))
	for _, field := range e.Corrected {
		all = append(all, FieldChange{field, plain(texts[store.FieldBefore(field)]), plain(texts[field])})
	}
	if e.DueAt != 0 {
		add("due_at", n.moment(e.Was.DueAt), n.moment(e.DueAt))
	}
	return all
}

func (n *correctionNames) category(code string) *Words {
	if code == "" {
		return nil
	}
	c := n.categories[code]
	return &Words{c.NameZH + " " + code, c.NameEN + " " + code}
}

func (n *correctionNames) moment(t inspect.Time) *Words {
	if t == 0 {
		return nil
	}
	zh, en := Moment(t.UTC(), n.zone)
	return &Words{zh, en}
}

func severity(s inspect.Severity) *Words {
	if w, ok := SeverityWords[s]; ok {
		return &w
	}
	return nil
}

func position(p *inspect.Place) *Words {
	if p == nil {
		return nil
	}
	return plain(fmt.Sprintf("%.6f, %.6f", p.Lat, p.Lon))
}

// plain is a name or a text that people wrote, the same in every language.
func plain(text string) *Words {
	if text == "" {
		return nil
	}
	return &Words{text, text}
}
