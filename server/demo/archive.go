package demo

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/core/archive"
	"spotcheck/server/core/photos"
)

// archiveHeadings is the index of an inspection team, with what fills some of it by itself.
var archiveHeadings = []inspect.Heading{
	{Number: "1", Title: "组织领导"},
	{Number: "1.1", Title: "实施方案", Note: "市级方案一份", Least: 1, KeepYears: 10},
	{Number: "1.2", Title: "会议纪要", Least: 4, KeepYears: 10},
	{Number: "2", Title: "督查整改"},
	{Number: "2.1", Title: "周报和通报", Source: inspect.IssuedReports, Least: 1},
	{Number: "2.2", Title: "整改通知单", Source: inspect.IssuedPapers, Detail: string(inspect.RectifyNotice), Least: 1},
	{Number: "3", Title: "门前三包签约", Source: inspect.SignedShare},
}

// archiveDocuments are what the office has brought so far.
var archiveDocuments = []struct{ heading, title, number, text string }{
	{"1.1", "创建国家卫生城市工作实施方案", "双创办〔%d〕1号", "成立领导小组，划分责任片区，实行周督查、月通报。"},
	{"1.2", "双创工作第一次调度会会议纪要", "双创办〔%d〕7号", "会议听取了各片区进度，议定农贸市场和背街小巷两项整治。"},
}

// keepArchive lays out the archive, brings documents, and hands out what is there.
func (o *office) keepArchive(ctx context.Context) error {
	office := o.city.clerks["office1"]
	for _, h := range archiveHeadings {
		h.ID, h.Enabled = o.city.id("heading", h.Number), true
		if len(h.Number) > 1 {
			h.Parent = o.city.id("heading", h.Number[:1])
		}
		if _, _, _, err := o.core.Archive.PutHeading(ctx, office, h); err != nil {
			return fmt.Errorf("heading %s: %w", h.Number, err)
		}
	}
	today := inspect.DateOf(o.now(), o.core.Zone)
	for _, d := range archiveDocuments {
		id := o.city.id("document", d.title)
		v := inspect.Document{ID: id, Heading: o.city.id("heading", d.heading), Title: d.title, Number: fmt.Sprintf(d.number, o.clock.Now().Year()), Dated: today}
		if _, _, _, err := o.core.Archive.PutDocument(ctx, office, v); err != nil {
			return err
		}
		page := paper.Document{Language: inspect.Chinese, Title: d.title, Number: v.Number, Made: o.clock.Now(), Parts: []paper.Part{{Paragraph: d.text}}}
		var b bytes.Buffer
		if err := page.Write(&b, paper.AsPDF, nil, nil); err != nil {
			return err
		}
		sum := sha256.Sum256(b.Bytes())
		file := photos.Upload{Body: &b, Length: int64(b.Len()), SHA256: hex.EncodeToString(sum[:])}
		if _, _, err := o.core.Archive.AcceptFile(ctx, office, id, d.title+".pdf", file); err != nil {
			return fmt.Errorf("document %s: %w", d.title, err)
		}
	}
	_, _, err := o.core.Archive.PutExport(ctx, office, archive.ExportRequest{ID: o.city.id("export", "team"), Language: inspect.Chinese})
	return err
}
