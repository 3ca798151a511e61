package atlas

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"spotcheck/pkg/geo"
	"spotcheck/pkg/inspect"
)

// Register is what an import is held against.
type Register struct {
	Areas []KnownArea
	Box   *geo.Box // of the city; nil when it is not set
}

// node is an area as it would be after the import.
type node struct {
	inspect.Area
	outline *geo.Shape
	box     geo.Box
	row     *Row // nil when the file does not have it
	parent  *node
}

// plan is the tree as it would be after the import.
type plan struct {
	nodes  []*node
	byID   map[inspect.ID]*node
	byCode map[string]*node
	before map[inspect.ID]*KnownArea
	found  []Finding
}

func (p *plan) tell(r *Row, kind FindingKind, severity Severity, at *geo.Point, format string, args ...any) {
	p.found = append(p.found, Finding{Row: r.N, Code: r.Code, Kind: kind, Severity: severity, At: at, Detail: fmt.Sprintf(format, args...)})
}

// Check says what an import of these rows would change, and what is wrong or odd about it. A row is for the area of the
// register that has its code; where it says nothing of class, parent or outline, the area keeps what it has. With an error
// among the findings there are no changes.
func Check(rows []Row, in Register, datum geo.Datum, newID func() inspect.ID) ([]Change, []Finding) {
	p := &plan{byID: map[inspect.ID]*node{}, byCode: map[string]*node{}, before: map[inspect.ID]*KnownArea{}}
	p.known(in)
	p.overlay(rows, newID)
	p.parents(rows)
	if !failed(p.found) {
		p.datum(rows, in.Box, datum)
		p.borders()
	}
	if failed(p.found) {
		return nil, p.found
	}
	changes := p.changes()
	return changes, p.found
}

// failed says whether there is an error among findings.
func failed(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Severity == Error })
}

func (p *plan) known(in Register) {
	twice := map[string]bool{}
	for i := range in.Areas {
		k := &in.Areas[i]
		n := &node{Area: k.Area, outline: k.Outline}
		p.nodes, p.byID[k.ID], p.before[k.ID] = append(p.nodes, n), n, k
		if k.Code == "" {
			continue
		}
		if p.byCode[k.Code] != nil {
			twice[k.Code] = true
		}
		p.byCode[k.Code] = n
	}
	for code := range twice {
		p.byCode[code] = nil // stands for "more than one"
	}
}

// overlay puts the rows over the areas that are there.
func (p *plan) overlay(rows []Row, newID func() inspect.ID) {
	seen := map[string]int{}
	for i := range rows {
		r := &rows[i]
		name := r.Code
		if !r.ID.IsZero() {
			name = r.ID.String()
		}
		if first := seen[name]; first != 0 {
			p.tell(r, CodeTwice, Error, place(r.Outline), "row %d has this code as well", first)
			continue
		}
		seen[name] = r.N
		n, known := p.byCode[r.Code]
		if !r.ID.IsZero() {
			n, known = p.byID[r.ID], true
			if n == nil {
				p.tell(r, AreaUnknown, Error, place(r.Outline), "the register has no such area")
				continue
			}
		}
		if known && n == nil {
			p.tell(r, CodeAmbiguous, Error, place(r.Outline), "more than one area of the register has this code")
			continue
		}
		if !known {
			n = &node{Area: inspect.Area{ID: newID(), Code: r.Code, Enabled: true}}
			p.nodes, p.byID[n.ID], p.byCode[r.Code] = append(p.nodes, n), n, n
		}
		n.row, n.Name, n.Level = r, r.Name, r.Level
		if r.Class != "" {
			n.Class = r.Class
		}
		if r.Outline != nil {
			n.outline, n.WidthM = r.Outline, r.Outline.WidthM
		}
	}
}

// parents finds them by their codes.
func (p *plan) parents(rows []Row) {
	for i := range rows {
		r := &rows[i]
		n := p.byCode[r.Code]
		if !r.ID.IsZero() {
			n = p.byID[r.ID]
		}
		if n == nil || n.row != r || r.Parent == "" {
			continue
		}
		above := p.byCode[r.Parent]
		if above == nil {
			p.tell(r, ParentUnknown, Error, place(r.Outline), "no single area has the code %s", r.Parent)
			continue
		}
		n.Parent = above.ID
	}
	for _, n := range p.nodes {
		n.parent = p.byID[n.Parent]
		if n.outline != nil {
			n.box = n.outline.Box()
		}
	}
	for _, n := range p.nodes {
		at, steps := n.parent, 0
		for ; at != nil && at != n && steps < len(p.nodes); steps++ {
			at = at.parent
		}
		if at == n && n.row != nil {
			p.tell(n.row, ParentLoop, Error, place(n.outline), "the area would lie inside itself")
		}
	}
}

// changes are the areas that would differ from what they are.
func (p *plan) changes() (all []Change) {
	for _, n := range p.nodes {
		if n.row == nil {
			continue
		}
		c := Change{Row: n.row.N, Area: n.Area}
		if n.row.Outline != nil {
			text := n.outline.GeoJSON()
			sum := sha256.Sum256(text)
			if c.Area.Outline = hex.EncodeToString(sum[:]); c.Area.Outline != n.Area.Outline {
				c.Text = text
			}
		}
		before := p.before[n.ID]
		c.New = before == nil
		if c.New || c.Area != before.Area {
			all = append(all, c)
		}
	}
	return all
}
