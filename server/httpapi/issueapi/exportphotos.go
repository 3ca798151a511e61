package issueapi

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/stablezip"
	"spotcheck/server/core/issues"
	"spotcheck/server/httpapi/rest"
)

// mostPhotographed is of how many issues at most the photos come in one archive.
const mostPhotographed = 500

// exportPhotos streams the photos of a list, each as it was taken, a folder for each issue, with an index of their digests.
func (h *exportHandlers) exportPhotos(c *fiber.Ctx) error {
	q := rest.QueryOf(c)
	f := Filter(q)
	if err := q.Err(); err != nil {
		return err
	}
	who := rest.Actor(c)
	f.Limit = mostPhotographed
	switch page, err := h.issues.ListIssues(c.UserContext(), who, f); {
	case err != nil:
		return err
	case page.Next != nil:
		return inspect.ErrListTooLarge
	}
	return h.export(c, q, "application/zip", "photos.zip", func(ctx context.Context, w *bufio.Writer, pages func(func(issues.Page) error) error) error {
		z := &photoArchive{Writer: zip.NewWriter(w), zone: h.zone}
		z.index = csv.NewWriter(&z.table)
		_ = z.index.Write([]string{"number", "file", "kind", "captured_at", "received_at", "sha256", "id"}) // a buffer takes everything
		if err := pages(func(p issues.Page) error {
			for n := range p.Issues {
				if err := h.packPhotos(ctx, z, who, &p.Issues[n]); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return err
		}
		return z.close()
	})
}

// photoArchive is an archive of photos with the table of what is in it.
type photoArchive struct {
	*zip.Writer
	table bytes.Buffer
	index *csv.Writer
	zone  *time.Location
}

func (z *photoArchive) close() error {
	z.index.Flush()
	w, err := z.Create("index.csv")
	if err == nil {
		_, err = io.WriteString(w, "\ufeff") // spreadsheets read UTF-8 by it
	}
	if err == nil {
		_, err = z.table.WriteTo(w)
	}
	return errors.Join(err, z.Close())
}

// packPhotos puts the photos of an issue into an archive; they are small already. One that is not there stands in the index without a file.
func (h *exportHandlers) packPhotos(ctx context.Context, z *photoArchive, who *inspect.Actor, r *issues.ListRow) error {
	all, err := h.photos.IssuePhotos(ctx, who, r.ID)
	if err != nil {
		return err
	}
	for n := range all {
		p := &all[n]
		name := ""
		if p.State == inspect.PhotoSafe {
			name = fmt.Sprintf("%s/%02d-%s.%s", stablezip.SafeName(r.Number), n+1, p.Kind, p.Facts.Type)
			if err := h.packPhoto(ctx, z, who, p, name); err != nil {
				return err
			}
		}
		line := []string{r.Number, name, string(p.Kind), rest.LocalTime(p.CapturedAt, z.zone), rest.LocalTime(p.ReceivedAt, z.zone), p.SHA256, p.ID.String()}
		if err := z.index.Write(line); err != nil {
			return err
		}
	}
	return nil
}

func (h *exportHandlers) packPhoto(ctx context.Context, z *photoArchive, who *inspect.Actor, p *inspect.Photo, name string) error {
	picture, err := h.photos.Original(ctx, who, p.Issue, p.ID)
	if err != nil {
		return err
	}
	w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: p.ReceivedAt.UTC()})
	if err == nil {
		_, err = io.Copy(w, picture.Body)
	}
	return errors.Join(err, picture.Body.Close())
}
