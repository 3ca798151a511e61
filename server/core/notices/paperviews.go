package notices

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/city"
	"spotcheck/server/core/issues"
	"spotcheck/server/store"
)

// mayPaper says whether a person has a permission on a paper: by the unit that it is addressed to, or where all of its issues
// lie. Who issued it sees it.
func mayPaper(ctx context.Context, tx *store.Tx, a *inspect.Actor, need inspect.Permission, p *store.Paper) (bool, error) {
	if p.Issuer == a.ID && need == inspect.MaySeePapers {
		return true, nil
	}
	units, err := tx.SelfAndAncestors(ctx, store.UnitTree, p.Unit)
	if err != nil || a.MayThroughoutAll(need, inspect.Jurisdiction{Units: units}) {
		return err == nil, err
	}
	var places []inspect.Jurisdiction
	for _, id := range p.Issues {
		row, ok, err := tx.Issue(ctx, id)
		if err != nil || !ok {
			return false, err
		}
		areas, err := tx.SelfAndAncestors(ctx, store.AreaTree, row.Area)
		if err != nil {
			return false, err
		}
		places = append(places, inspect.Jurisdiction{Areas: areas})
	}
	return a.MayThroughoutAll(need, places...), nil
}

// visiblePaper gives a paper that the actor may see.
func visiblePaper(ctx context.Context, tx *store.Tx, a *inspect.Actor, id inspect.ID) (store.Paper, error) {
	p, ok, err := tx.Paper(ctx, id)
	if ok && err == nil {
		ok, err = mayPaper(ctx, tx, a, inspect.MaySeePapers, &p)
	}
	if err == nil && !ok {
		err = inspect.ErrPaperNotFound
	}
	return p, err
}

// Paper gives a paper with what it says.
func (svc *Service) Paper(ctx context.Context, a *inspect.Actor, id inspect.ID) (v PaperView, err error) {
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if _, err := visiblePaper(ctx, tx, a, id); err != nil {
			return err
		}
		v, err = svc.paperView(ctx, tx, id)
		return err
	})
	return v, err
}

func (svc *Service) paperView(ctx context.Context, tx *store.Tx, id inspect.ID) (v PaperView, err error) {
	if v.Paper, _, err = tx.Paper(ctx, id); err != nil {
		return v, err
	}
	says, err := frozen(ctx, tx, id)
	if err != nil {
		return v, err
	}
	if says != "" {
		var c paper.Content
		if err := json.Unmarshal([]byte(says), &c); err != nil {
			return v, err
		}
		v.Says, v.Unprinted = json.RawMessage(says), c.UnprintableRunes()
	}
	if v.Receipt, err = tx.Receipt(ctx, &v.Paper); err != nil {
		return v, err
	}
	if v.Void, err = tx.Cancellation(ctx, &v.Paper); err != nil {
		return v, err
	}
	v.Names, err = paperNames(ctx, tx, []store.Paper{v.Paper}, v.Receipt, v.Void)
	return v, err
}

// frozen is what a paper says as it was frozen, empty once it is erased.
func frozen(ctx context.Context, tx *store.Tx, id inspect.ID) (string, error) {
	told, err := tx.Texts(ctx, id)
	return told["content"], err
}

func paperNames(ctx context.Context, tx *store.Tx, papers []store.Paper, r *store.Receipt, void *store.Cancellation) (n PaperNames, err error) {
	var units, people, about, others []inspect.ID
	for _, p := range papers {
		units, people, others = issues.AppendID(units, p.Unit), issues.AppendID(people, p.Issuer), issues.AppendID(issues.AppendID(others, p.Corrects), p.CorrectedBy)
		for _, i := range p.Issues {
			about = issues.AppendID(about, i)
		}
	}
	if r != nil {
		people = issues.AppendID(people, r.By)
	}
	if void != nil {
		people = issues.AppendID(people, void.By)
	}
	if n.Units, err = tx.NodeNames(ctx, store.UnitTree, units); err != nil {
		return n, err
	}
	if n.People, err = tx.PeopleRefs(ctx, people); err != nil {
		return n, err
	}
	n.Numbers, err = tx.ReadableNumbers(ctx, about, others)
	return n, err
}

// PaperPage is part of a list of papers.
type PaperPage struct {
	Papers []store.Paper
	Names  PaperNames
	Next   int64
}

// Papers gives a page of the papers that the actor may see, newest first.
func (svc *Service) Papers(ctx context.Context, a *inspect.Actor, f store.PaperFilter) (page PaperPage, err error) {
	if !a.MayAnywhere(inspect.MaySeePapers) {
		return page, inspect.ErrForbidden
	}
	f.For = a
	err = svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		if page.Papers, page.Next, err = tx.Papers(ctx, f); err != nil {
			return err
		}
		page.Names, err = paperNames(ctx, tx, page.Papers, nil, nil)
		return err
	})
	return page, err
}

// PaperFileKind is a form in which a paper can be had.
type PaperFileKind string

// The forms.
const (
	PDF  PaperFileKind = "pdf"
	DOCX PaperFileKind = "docx"
)

// PaperFile is a file of a paper to send.
type PaperFile struct {
	Paper store.Paper
	Body  io.ReadSeekCloser
	inspect.PaperFile
}

// PaperFile opens a file of a paper that the actor may see.
func (svc *Service) PaperFile(ctx context.Context, a *inspect.Actor, id inspect.ID, kind PaperFileKind) (f PaperFile, err error) {
	if err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		f.Paper, err = visiblePaper(ctx, tx, a, id)
		return err
	}); err != nil {
		return f, err
	}
	if !f.Paper.HasFiles() {
		return f, inspect.ErrPaperPending
	}
	if f.PaperFile = f.Paper.PDF; kind == DOCX {
		f.PaperFile = f.Paper.DOCX
	}
	f.Body, _, err = svc.blobs.Open(ctx, PaperKey(f.SHA256))
	return f, city.AsUnavailable(err)
}

// PaperKey is where a file of a paper lies.
func PaperKey(sha256 string) string { return "paper/" + sha256[:2] + "/" + sha256 }

// hasPhoto says whether a photo belongs to one of the issues of a paper.
func hasPhoto(p *store.Paper, photo *inspect.Photo) bool {
	return slices.Contains(p.Issues, photo.Issue)
}
