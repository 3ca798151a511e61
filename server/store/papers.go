package store

import (
	"context"
	"fmt"
	"strings"

	"spotcheck/pkg/inspect"
)

// Paper is a paper as the database holds it, with the seal of what was asked for.
type Paper struct {
	inspect.Paper
	id          int64
	CorrectedBy inspect.ID   // the paper that took its place
	Signed      bool         // somebody has signed for it
	CancelledAt inspect.Time // it was issued by mistake and is void since then
	ContentSalt []byte       // of the client's first content, to know a repetition
	ContentSeal string
}

const paperColumns = `SELECT p.id, p.uid, p.kind, p.office, p.year, p.n, p.number, (SELECT uid FROM unit WHERE id = p.unit),
	(SELECT uid FROM person WHERE id = p.person), (SELECT c.uid FROM paper c WHERE c.id = p.corrects), (SELECT uid FROM paper_batch WHERE id = p.batch),
	p.issued_at, p.updated_at, p.pdf, p.pdf_bytes, p.docx, p.docx_bytes, (SELECT c.uid FROM paper c WHERE c.corrects = p.id),
	EXISTS (SELECT 1 FROM paper_receipt r WHERE r.paper = p.id), COALESCE((SELECT c.at FROM paper_cancellation c WHERE c.paper = p.id), 0),
	p.content_salt, p.content_seal FROM paper p `

func scanPaper(r scanner) (p Paper, err error) {
	err = r.Scan(&p.id, (*uid)(&p.ID), &p.Kind, &p.Office, &p.Year, &p.N, &p.Number, (*uid)(&p.Unit), (*uid)(&p.Issuer), (*uid)(&p.Corrects), (*uid)(&p.Batch),
		&p.IssuedAt, &p.UpdatedAt, &p.PDF.SHA256, &p.PDF.Bytes, &p.DOCX.SHA256, &p.DOCX.Bytes, (*uid)(&p.CorrectedBy), &p.Signed, &p.CancelledAt, &p.ContentSalt, &p.ContentSeal)
	return p, err
}

// withIssues adds what the papers are about.
func (tx *Tx) withIssues(ctx context.Context, papers []Paper) error {
	if len(papers) == 0 {
		return nil
	}
	at := make(map[int64]int, len(papers))
	args := make([]any, len(papers))
	for n, p := range papers {
		at[p.id], args[n] = n, p.id
	}
	v := values{column: "x.paper", all: padded(args)}
	return tx.each(ctx, func(r scanner) error {
		var paper int64
		var issue inspect.ID
		err := r.Scan(&paper, (*uid)(&issue))
		p := &papers[at[paper]]
		p.Issues = append(p.Issues, issue)
		return err
	}, "SELECT x.paper, i.uid FROM paper_issue x JOIN issue i ON i.id = x.issue WHERE "+v.sql()+" ORDER BY x.id", v.all...)
}

// Paper gives a paper; ok is false when there is none.
func (tx *Tx) Paper(ctx context.Context, id inspect.ID) (p Paper, ok bool, err error) {
	p, err = scanPaper(tx.row(ctx, paperColumns+"WHERE p.uid = ?", bytesOf(id)))
	if ok, err = ignoreNoRows(err); !ok {
		return p, ok, err
	}
	one := []Paper{p}
	err = tx.withIssues(ctx, one)
	return one[0], true, err
}

// UnsignedPapers gives the papers of a span of time that nobody has signed for, and that nothing took the place of,
// oldest first.
func (tx *Tx) UnsignedPapers(ctx context.Context, from, to inspect.Time, most int) ([]Paper, error) {
	return list(ctx, tx, scanPaper, paperColumns+`WHERE p.issued_at >= ? AND p.issued_at < ? AND NOT EXISTS (SELECT 1 FROM paper_receipt r WHERE r.paper = p.id)
		AND NOT EXISTS (SELECT 1 FROM paper c WHERE c.corrects = p.id) AND NOT EXISTS (SELECT 1 FROM paper_cancellation c WHERE c.paper = p.id)
		ORDER BY p.issued_at, p.id LIMIT ?`, int64(from), int64(to), most)
}

// LockPaper keeps others from changing a paper until the commit.
func (tx *Tx) LockPaper(ctx context.Context, id inspect.ID) error {
	if tx.store.dialect.forUpdate == "" {
		return nil
	}
	return tx.each(ctx, func(r scanner) error { return r.Scan(new(int64)) }, "SELECT i.id FROM paper i WHERE i.uid = ?"+tx.store.dialect.forUpdate, bytesOf(id))
}

// PaperNumbered says whether a paper has this number.
func (tx *Tx) PaperNumbered(ctx context.Context, number string) (bool, error) {
	return ignoreNoRows(tx.row(ctx, "SELECT 1 FROM paper WHERE number = ?", number).Scan(new(int)))
}

// PaperSeries is the name of the counter of a series.
func PaperSeries(kind inspect.PaperKind, office string, year int) string {
	return fmt.Sprintf("paper-%s-%d-%s", kind, year, office)
}

// NextPaper draws the next number of a series.
func (tx *Tx) NextPaper(ctx context.Context, kind inspect.PaperKind, office string, year int) (int64, error) {
	return tx.next(ctx, PaperSeries(kind, office, year), 1)
}

// InsertPaper keeps a new paper and what it is about.
func (tx *Tx) InsertPaper(ctx context.Context, p *Paper) error {
	err := tx.row(ctx, `INSERT INTO paper (uid, kind, office, year, n, number, unit, person, corrects, batch, issued_at, updated_at, pdf, pdf_bytes, docx, docx_bytes,
			content_salt, content_seal)
		VALUES (?, ?, ?, ?, ?, ?, (SELECT id FROM unit WHERE uid = ?), (SELECT id FROM person WHERE uid = ?), (SELECT c.id FROM paper c WHERE c.uid = ?),
			(SELECT id FROM paper_batch WHERE uid = ?), ?, ?, '', 0, '', 0, ?, ?) RETURNING id`,
		bytesOf(p.ID), string(p.Kind), p.Office, p.Year, p.N, p.Number, bytesOf(p.Unit), bytesOf(p.Issuer), bytesOf(p.Corrects), bytesOf(p.Batch),
		int64(p.IssuedAt), int64(p.UpdatedAt), p.ContentSalt, p.ContentSeal).Scan(&p.id)
	for _, issue := range p.Issues {
		if err != nil {
			break
		}
		err = tx.exec(ctx, "INSERT INTO paper_issue (paper, issue) VALUES (?, (SELECT id FROM issue WHERE uid = ?))", p.id, bytesOf(issue))
	}
	return err
}

// SetPaperFiles notes the files of a paper that had none.
func (tx *Tx) SetPaperFiles(ctx context.Context, p *Paper) error {
	return tx.execOne(ctx, "UPDATE paper SET pdf = ?, pdf_bytes = ?, docx = ?, docx_bytes = ?, updated_at = ? WHERE id = ? AND pdf = ''",
		p.PDF.SHA256, p.PDF.Bytes, p.DOCX.SHA256, p.DOCX.Bytes, int64(p.UpdatedAt), p.id)
}

// PaperFilter says which papers a list holds, newest first. What is empty does not filter.
type PaperFilter struct {
	Issue, Unit, Batch inspect.ID // Unit with all below
	Kind               inspect.PaperKind
	Signed             *bool
	For                *inspect.Actor // sees only what is theirs to see
	After              int64          // a cursor: number of the row before
	Limit              int
}

// Papers gives a page of papers and where the next begins, 0 when there is no more.
func (tx *Tx) Papers(ctx context.Context, f PaperFilter) (page []Paper, next int64, err error) {
	var c condition
	and := func(sql string, args ...any) {
		c.sql, c.args = c.sql+" AND "+sql, append(c.args, args...)
	}
	if f.After != 0 {
		and("p.id < ?", f.After)
	}
	if !f.Issue.IsZero() {
		and("p.id IN (SELECT x.paper FROM paper_issue x JOIN issue i ON i.id = x.issue WHERE i.uid = ?)", bytesOf(f.Issue))
	}
	if !f.Unit.IsZero() {
		and("p.unit IN ("+subtree(UnitTree)+" SELECT id FROM line)", bytesOf(f.Unit))
	}
	if !f.Batch.IsZero() {
		and("p.batch = (SELECT id FROM paper_batch WHERE uid = ?)", bytesOf(f.Batch))
	}
	if f.Kind != "" {
		and("p.kind = ?", string(f.Kind))
	}
	if f.Signed != nil {
		is := map[bool]string{true: "EXISTS", false: "NOT EXISTS"}[*f.Signed]
		and(is + " (SELECT 1 FROM paper_receipt r WHERE r.paper = p.id)")
	}
	if f.For != nil {
		sql, args := papersFor(f.For)
		and(sql, args...)
	}
	page, err = list(ctx, tx, scanPaper, paperColumns+"WHERE 1 = 1"+c.sql+" ORDER BY p.id DESC LIMIT ?", append(c.args, f.Limit+1)...)
	if err != nil {
		return nil, 0, err
	}
	if len(page) > f.Limit {
		page = page[:f.Limit]
		next = page[f.Limit-1].id
	}
	return page, next, tx.withIssues(ctx, page)
}

// papersFor is a condition for what a person may see: papers to a unit in their sight, papers whose issues all lie in an area
// in their sight, and their own.
func papersFor(a *inspect.Actor) (string, []any) {
	parts, args := []string{"p.person = (SELECT id FROM person WHERE uid = ?)"}, []any{bytesOf(a.ID)}
	for _, g := range a.PaperGrants() {
		switch g.Scope.Kind {
		case inspect.City:
			return "1 = 1", nil
		case inspect.UnitSubtree:
			parts, args = append(parts, "p.unit IN ("+subtree(UnitTree)+" SELECT id FROM line)"), append(args, bytesOf(g.Scope.ID))
		case inspect.AreaSubtree:
			parts, args = append(parts, `NOT EXISTS (SELECT 1 FROM paper_issue x JOIN issue i ON i.id = x.issue WHERE x.paper = p.id
				AND COALESCE(i.area, 0) NOT IN (`+subtree(AreaTree)+" SELECT id FROM line))"), append(args, bytesOf(g.Scope.ID))
		}
	}
	return "(" + strings.Join(parts, " OR ") + ")", args
}

// EachPaper calls f for every paper, oldest first, without what it is about.
func (tx *Tx) EachPaper(ctx context.Context, f func(*Paper) error) error {
	return tx.each(ctx, func(r scanner) error {
		p, err := scanPaper(r)
		if err != nil {
			return err
		}
		return f(&p)
	}, paperColumns+"ORDER BY p.id")
}

// PaperFileKnown says whether any paper, a receipt of one, or an issued report has a file with this digest.
func (tx *Tx) PaperFileKnown(ctx context.Context, sha256 string) (bool, error) {
	return ignoreNoRows(tx.row(ctx, `SELECT 1 FROM paper WHERE pdf = ? UNION ALL SELECT 1 FROM paper WHERE docx = ? UNION ALL
		SELECT 1 FROM paper_receipt WHERE signature = ? UNION ALL SELECT 1 FROM publication_file WHERE sha256 = ? LIMIT 1`, sha256, sha256, sha256, sha256).Scan(new(int)))
}

// EachPaperFile calls f for the digest of every file of a paper or an issued report.
func (tx *Tx) EachPaperFile(ctx context.Context, f func(paper inspect.ID, sha256 string) error) error {
	return tx.each(ctx, func(r scanner) error {
		var id inspect.ID
		var sum string
		if err := r.Scan((*uid)(&id), &sum); err != nil {
			return err
		}
		return f(id, sum)
	}, `SELECT uid, pdf FROM paper WHERE pdf <> '' UNION ALL SELECT uid, docx FROM paper WHERE docx <> ''
		UNION ALL SELECT p.uid, r.signature FROM paper_receipt r JOIN paper p ON p.id = r.paper WHERE r.signature <> ''
		UNION ALL SELECT p.uid, f.sha256 FROM publication_file f JOIN publication p ON p.id = f.publication`)
}
