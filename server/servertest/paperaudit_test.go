package servertest_test

import (
	"net/http"
	"strings"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/notices"
	"spotcheck/server/servertest"
)

func TestTheAuditSeesWhatBecameOfAPaper(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		office, id := s.As("office"), inspect.NewID()
		issues(office, id, "task", nil, assigned(s, "longhua-sanitation")[0])
		s.MakesPapers()
		s.Audit()
		var p paperWire
		office.Do(http.MethodGet, paperAt(id), nil).Want(http.StatusOK).Into(&p)
		v := &evidence{Tamperer: s.Tampers(), paper: id}
		key, whole := notices.PaperKey(p.PDF.SHA256), "paper = (SELECT id FROM paper WHERE "+v.is("uid", id)+")"
		for name, tt := range map[string]struct {
			change func()
			says   string
		}{
			"its bytes changed":       {func() { v.PutsBlob(key, []byte("%PDF-1.7 another")) }, "was changed"},
			"its bytes gone":          {func() { v.PutsBlob(key, nil) }, "is missing under"},
			"what it says changed":    {func() { v.Changes("personal_text", "body = '{}'", v.is("owner", id)) }, "not the one that was recorded"},
			"what it says gone":       {func() { v.Deletes("personal_text", v.is("owner", id)) }, "is missing"},
			"its row and issues gone": {func() { v.Deletes("paper_issue", whole); v.Deletes("paper", v.is("uid", id)) }, "in the record but not in the database"},
			"gone with all its traces": {func() {
				stream := "stream = (SELECT id FROM stream WHERE name = '" + id.String() + "')"
				v.Deletes("paper_issue", whole)
				v.Deletes("paper", v.is("uid", id))
				v.Deletes("event", stream)
				v.Deletes("stream", "name = '"+id.String()+"'")
			}, "the number 1 was given"},
		} {
			tt.change()
			wrong, _ := s.Findings(nil)
			v.Restore()
			found := false
			for _, f := range wrong {
				found = found || strings.Contains(f.Detail, tt.says)
			}
			if !found {
				t.Errorf("%s: the audit says %v", name, wrong)
			}
		}
		s.Audit()
	})
}
