package reportapi

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/paper"
	"spotcheck/server/httpapi/rest"
)

// caseFile is the printed case file of an issue as it stands now.
func (h *reportHandlers) caseFile(c *fiber.Ctx) error {
	issue, err := rest.ID(c, "id", inspect.ErrIssueNotFound)
	if err != nil {
		return err
	}
	q, language := rest.QueryOf(c), inspect.Chinese
	q.As("lang", &language)
	if err := q.Err(); err != nil {
		return err
	}
	f, err := h.reports.CaseFile(c.UserContext(), rest.Actor(c), issue, language)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := f.Document.Write(&b, paper.AsPDF, f.Pictures, nil); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, paper.AsPDF.MediaType())
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderContentDisposition, rest.Attachment("案卷-"+f.Number+".pdf", "case-"+f.Number+".pdf"))
	return c.Send(b.Bytes())
}
