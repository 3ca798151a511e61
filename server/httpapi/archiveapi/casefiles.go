package archiveapi

import (
	"bufio"
	"context"
	"log/slog"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/stablezip"
	"spotcheck/server/core/archive"
	"spotcheck/server/httpapi/issueapi"
	"spotcheck/server/httpapi/rest"
)

// caseFileHandlers serve case files as ZIP with originals, record and proof.
type caseFileHandlers struct {
	archive *archive.Service
	site    *rest.Site
	log     *slog.Logger
}

func (h *caseFileHandlers) routes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/v1/issues/:id/casefile.zip", Slow: true, Handle: h.one},
		{Method: fiber.MethodGet, Path: "/api/v1/casefiles.zip", Slow: true, Handle: h.filtered},
	}
}

func (h *caseFileHandlers) one(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	q, language := rest.QueryOf(c), inspect.Chinese
	q.As("lang", &language)
	if err := q.Err(); err != nil {
		return err
	}
	files, err := h.archive.CaseFile(c.UserContext(), rest.Actor(c), issue, language)
	return h.send(c, files, err)
}

func (h *caseFileHandlers) filtered(c *fiber.Ctx) error {
	q, language := rest.QueryOf(c), inspect.Chinese
	q.As("lang", &language)
	f := issueapi.Filter(q)
	if err := q.Err(); err != nil {
		return err
	}
	files, err := h.archive.CaseFilesOf(c.UserContext(), rest.Actor(c), f, rest.Asked(c), language)
	return h.send(c, files, err)
}

// send streams case files while they are written.
func (h *caseFileHandlers) send(c *fiber.Ctx, files *archive.CaseFiles, err error) error {
	if err != nil {
		return err
	}
	return rest.StreamDownload(c, h.log, "application/zip", "case-"+stablezip.SafeName(files.Name)+".zip", func(ctx context.Context, w *bufio.Writer) error {
		return files.Write(ctx, w)
	})
}
