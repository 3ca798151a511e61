package archive

import (
	"bytes"
	"context"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/places"
	"spotcheck/server/store"
)

// Coverage makes the list of how many places of each kind and how many units have signed, as of today, as a workbook.
func (svc *Service) Coverage(ctx context.Context, a *inspect.Actor, language inspect.Language) ([]byte, error) {
	if !a.MayAnywhere(inspect.MaySeeArchive) {
		return nil, inspect.ErrForbidden
	}
	kinds, _, err := svc.places.CoverageByKind(ctx, a)
	if err != nil {
		return nil, err
	}
	units, err := svc.places.CoverageOfUnits(ctx, a, true, inspect.ID{})
	if err != nil {
		return nil, err
	}
	var local []inspect.LocalKind
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		local, err = places.PlaceKinds.In(ctx, tx)
		return err
	}); err != nil {
		return nil, err
	}
	w := svc.writer(language)
	f := w.Formatter
	sheet := paper.Sheet{Name: w.say("签订率", "Coverage"), Columns: []paper.Column{{Head: w.say("类别", "Kind")}, {Head: w.say("已签", "Signed"), Kind: paper.Count},
		{Head: w.say("总数", "Of"), Kind: paper.Count}, {Head: w.say("签订率", "Coverage"), Kind: paper.Rate}}}
	sheet.Rows = func(yield func([]paper.Value, error) bool) {
		for _, r := range append(kinds, units...) {
			if !yield([]paper.Value{f.Text(w.signers(&r, local)), f.Count(int64(r.Signed)), f.Count(int64(r.Total)), f.Rate(int64(r.Signed), int64(r.Total))}, nil) {
				return
			}
		}
	}
	var b bytes.Buffer
	err = sheet.XLSX(&b)
	return b.Bytes(), err
}

// writer writes in a language.
type writer struct{ paper.Formatter }

func (w writer) say(chinese, english string) string {
	if w.Language == inspect.English {
		return english
	}
	return chinese
}

// placeWords are the kinds of places that every city has.
var placeWords = map[inspect.SpotKind][2]string{"shopfront": {"临街门店", "shopfronts"}, "construction_site": {"工地", "construction sites"},
	"public_toilet": {"公厕", "public toilets"}, "transfer_station": {"转运站", "transfer stations"}, "bin": {"垃圾桶点", "bins"},
	"unmanaged_estate": {"三无小区", "estates without management"}, "market": {"农贸市场", "markets"}, "restaurant": {"餐饮店", "restaurants"},
	"school_surroundings": {"校园周边", "surroundings of schools"}, "urban_village": {"城中村", "urban villages"}}

// unitWords are the kinds of units.
var unitWords = map[inspect.UnitKind][2]string{"other": {"其他单位", "other units"}, "district": {"区", "districts"}, "bureau": {"部门", "bureaus"},
	"street": {"街道", "streets"}, "community": {"社区", "communities"}, "contractor": {"企业", "contractors"}, "crew": {"班组", "crews"}}

// signers are those whom a line of coverage is about.
func (w writer) signers(r *places.CoverageRow, local []inspect.LocalKind) string {
	words := placeWords[r.Kind]
	if r.Of != "" {
		words = unitWords[r.Of]
	}
	for _, k := range local {
		if r.Of == "" && k.Code == r.Kind {
			words = [2]string{k.NameZH, k.NameEN}
		}
	}
	if words[0] == "" {
		return string(r.Kind) + string(r.Of)
	}
	return w.say(words[0], words[1])
}
