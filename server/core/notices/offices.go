package notices

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"unicode"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/city"
	"spotcheck/server/store"
)

// PaperOffice is an office that issues papers, with the templates of its numbers.
type PaperOffice struct {
	Code      string         `json:"code"`
	Name      string         `json:"name"` // over and under its papers
	Task      paper.Template `json:"task"`
	Rectify   paper.Template `json:"rectify"`
	Supervise paper.Template `json:"supervise"`
}

// template is how the office numbers a kind of paper.
func (o *PaperOffice) template(k inspect.PaperKind) paper.Template {
	return map[inspect.PaperKind]paper.Template{inspect.TaskNotice: o.Task, inspect.RectifyNotice: o.Rectify, inspect.SupervisionLetter: o.Supervise}[k]
}

// usualOffices are those of a city that has not said any.
func usualOffices(city string) []PaperOffice {
	return []PaperOffice{{Code: "main", Name: city + "双创工作办公室", Task: "任务〔{year}〕{n}号", Rectify: "整改〔{year}〕{n}号", Supervise: "督办〔{year}〕{n}号"}}
}

// maxOffices is how many offices of a city issue papers.
const maxOffices = 50

var goodOffice = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,19}$`)

// PaperOffices are the offices that issue papers; nil for the usual one.
var PaperOffices = city.Setting[[]PaperOffice]{Key: "paper_offices", Read: readOffices}

// readOffices reads the setting; null gives the usual ones back. No two series may ever give the same number.
func readOffices(v json.RawMessage) (all []PaperOffice, err error) {
	if err := json.Unmarshal(v, &all); err != nil {
		return nil, errors.New("want a list of offices with code, name, task, rectify, supervise, or null")
	}
	if all != nil && len(all) == 0 || len(all) > maxOffices {
		return nil, fmt.Errorf("want 1 to %d offices", maxOffices)
	}
	codes, templates := map[string]bool{}, map[paper.Template]bool{}
	for _, o := range all {
		if n := len([]rune(o.Name)); !goodOffice.MatchString(o.Code) || codes[o.Code] || n < 1 || n > 100 || !printable(o.Name) {
			return nil, fmt.Errorf("office %q: want a code of its own of lower-case letters, digits and dashes, and a name of 1 to 100 characters", o.Code)
		}
		codes[o.Code] = true
		for _, k := range inspect.PaperKinds {
			t := o.template(k)
			if err := t.Check(); err != nil {
				return nil, fmt.Errorf("office %q, %s: %w", o.Code, k, err)
			}
			if templates[t] {
				return nil, fmt.Errorf("office %q, %s: another series looks the same", o.Code, k)
			}
			templates[t] = true
		}
	}
	return all, nil
}

func printable(text string) bool {
	for _, r := range text {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// OfficeNamed finds an office by its code, the first one when the code is empty; ok is false when there is none.
func OfficeNamed(ctx context.Context, tx *store.Tx, code string) (o PaperOffice, ok bool, err error) {
	all, err := PaperOffices.In(ctx, tx)
	if err != nil {
		return o, false, err
	}
	if all == nil {
		city, err := city.Name.In(ctx, tx)
		if err != nil {
			return o, false, err
		}
		all = usualOffices(city)
	}
	for _, o := range all {
		if code == "" || o.Code == code {
			return o, true, nil
		}
	}
	return o, false, nil
}
