package store_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// id is the same id for the same name.
func id(name string) inspect.ID {
	sum := sha256.Sum256([]byte(name))
	id := inspect.ID(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // version 8, the variant of RFC 9562
	return id
}

// at is a moment so many minutes after the morning of the tests.
func at(minutes int) inspect.Time {
	return inspect.At(time.Date(2026, 11, 24, 8, 0, minutes*60, 7_000_000, time.UTC))
}

// The registers of a small city: two trees of three levels, and who works there.
var (
	units = []inspect.Unit{
		unit("bureau", ""), unit("north crew", "bureau"), unit("south crew", "bureau"), unit("night shift", "south crew"), unit("contractor", ""),
	}
	areas = []inspect.Area{
		area("city", ""), area("Longhua", "city"), area("Meilan", "city"), area("Jinmao street", "Longhua"), area("elsewhere", ""),
	}
	categories = []inspect.Category{
		category("08012", "street"), category("06014", "street"), category("06011", "litter"), category("L001", "litter"),
	}
	people = []inspect.Person{person("lin"), person("office"), person("crew"), person("leader"), person("nobody")}
)

func unit(name, parent string) inspect.Unit {
	u := inspect.Unit{ID: id(name), Name: name, Kind: "district", PeerGroup: "区", Contact: name + " 电话", Enabled: true, CreatedAt: at(1), UpdatedAt: at(2)}
	if parent != "" {
		u.Parent = id(parent)
	}
	return u
}

func area(name, parent string) inspect.Area {
	a := inspect.Area{ID: id(name), Name: name, Code: "46010" + name[:1], Level: "street", Class: "main road", Enabled: true, CreatedAt: at(1), UpdatedAt: at(2)}
	if parent != "" {
		a.Parent = id(parent)
	}
	return a
}

func category(code, group string) inspect.Category {
	return inspect.Category{Code: code, OldCode: "0" + code[:3], NameZH: "带泥上路", NameEN: "mud", Group: group, Limit: 15, LimitUnit: "minute",
		ClassZH: "主干道", Local: true, Enabled: true, ByPhoto: true, ReopenDays: 7, CreatedAt: at(1), UpdatedAt: at(2)}
}

func person(name string) inspect.Person {
	return inspect.Person{ID: id(name), Name: name, DisplayName: "林 " + name, StaffNumber: "A-" + name, Phone: "138" + name, CreatedAt: at(1), UpdatedAt: at(2)}
}

var shop = inspect.Spot{ID: id("shop"), Kind: inspect.ConstructionSite, Name: "海甸一期", Number: "S-1", Point: geo.Point{Lat: 20.03, Lon: 110.33}, Datum: geo.GCJ02,
	OriginalPoint: geo.Point{Lat: 20.029, Lon: 110.334}, Area: id("Longhua"), Unit: id("bureau"), Contact: "李经理", Contractor: "某建工", Permit: "77",
	Vehicles: []string{"琼A1", "琼A2"}, Span: inspect.Span{From: "2026-01-01", To: "2026-12-31"}, Enabled: true, CreatedAt: at(1), UpdatedAt: at(2)}

// found fills the registers.
func found(t *testing.T, s *store.Store) {
	t.Helper()
	write(t, s, foundIn)
}

func foundIn(ctx context.Context, tx *store.Tx) error {
	return errors.Join(
		each(units, func(u inspect.Unit) error { return tx.SaveUnit(ctx, u) }),
		each(areas, func(a inspect.Area) error { return tx.SaveArea(ctx, a) }),
		tx.LockRegisters(ctx),
		each(categories, func(c inspect.Category) error { return tx.SaveCategory(ctx, c) }),
		tx.SaveSpot(ctx, shop),
		each(people, func(p inspect.Person) error { return tx.SavePerson(ctx, p) }))
}

func each[T any](all []T, f func(T) error) error {
	for _, v := range all {
		if err := f(v); err != nil {
			return err
		}
	}
	return nil
}

// reported is a new issue with all that a report may have.
func reported(name string) store.IssueRow {
	accuracy := 12.5
	return store.IssueRow{
		Issue: inspect.Issue{
			ID: id(name), Number: "2026-" + name, Status: inspect.Reported, Version: 1, Category: "08012", Severity: "serious", Source: "patrol",
			Place: &inspect.Place{Point: geo.Point{Lat: 20.0317, Lon: 110.3301}, AccuracyM: &accuracy, Datum: geo.GCJ02,
				OriginalPoint: geo.Point{Lat: 20.0290, Lon: 110.3347}, Source: "gps", CapturedAt: at(3)},
			Line: &geo.Line{Start: geo.Point{Lat: 20.0317, Lon: 110.3301}, End: &geo.Point{Lat: 20.04, Lon: 110.34}},
			Area: id("Longhua"), Reporter: id("lin"), Spot: id("shop"), SignedFront: true,
			ReportedAt: at(3), SentAt: at(4), ReceivedAt: at(5), ChangedAt: at(3), UpdatedAt: at(5), Late: true,
		},
		PhotosDeclared: 2, ContentSalt: []byte("salt of content"), ContentSeal: "sha256:content",
	}
}

// insert keeps new issues without words.
func insert(t *testing.T, s *store.Store, rows ...store.IssueRow) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return each(rows, func(r store.IssueRow) error { return tx.InsertIssue(ctx, &r, "") })
	})
}

// issueOf reads an issue.
func issueOf(t *testing.T, s *store.Store, name string) (row store.IssueRow) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		var ok bool
		if row, ok, err = tx.Issue(ctx, id(name)); err == nil && !ok {
			err = fmt.Errorf("there is no issue %s", name)
		}
		return err
	})
	return row
}

// same compares structures; what a store keeps to itself does not count.
func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(store.IssueRow{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// wantFilled names the fields that hold nothing, so that a test of reading back cannot pass over a new one.
func wantFilled(t *testing.T, v any, but ...string) {
	t.Helper()
	empty := map[string]bool{}
	var walk func(path string, v reflect.Value)
	walk = func(path string, v reflect.Value) {
		switch {
		case v.IsZero():
			empty[path] = true
		case v.Kind() == reflect.Pointer:
			walk(path, v.Elem())
		case v.Kind() == reflect.Struct:
			for n := range v.NumField() {
				if f := v.Type().Field(n); f.IsExported() {
					walk(path+"."+f.Name, v.Field(n))
				}
			}
		}
	}
	walk("", reflect.ValueOf(v))
	for _, path := range but {
		if !empty[path] {
			t.Errorf("%T%s is filled", v, path)
		}
		delete(empty, path)
	}
	for path := range empty {
		t.Errorf("%T%s is empty: the test reads nothing back there", v, path)
	}
}
