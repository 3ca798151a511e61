package servertest_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"spotcheck/server/servertest"
)

// pdfText is what pdftotext reads, without spaces.
func pdfText(t *testing.T, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.pdf")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-raw", "-enc", "UTF-8", name, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), "")
}

// TestACaseFileIsPrinted reads the whole course with what was written, the photos with their digests, and nothing for who may not see the issue.
func TestACaseFileIsPrinted(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office, crew := s.As("lin"), s.As("office"), s.As("crew")
		id := lin.ReportsMud()
		lin.Shows(id, "report")
		office.Assigns(id, "longhua-sanitation", 8*time.Hour)
		crew.Acts(id, "ask_extension", M{"reason": "需夜间封路清运", "until": s.Now().Add(9 * time.Hour).UTC().Format(time.RFC3339Nano)}).Want(201)
		office.Acts(id, "decide_extension", M{"answer": "refuse", "reason": "人手够"}).Want(201)
		crew.Fixes(id)
		lin.Verifies(id, "fail")
		s.Drain()
		path := "/api/v1/issues/" + id.String() + "/casefile"
		pdf := office.Do(http.MethodGet, path, nil).Want(http.StatusOK)
		if name := pdf.Header.Get("Content-Disposition"); !strings.Contains(name, office.Issue(id).Number) {
			t.Errorf("got the name %q, want the number in it", name)
		}
		text := pdfText(t, pdf.Body)
		var seen struct {
			Photos []struct{ SHA256 string }
		}
		office.Do(http.MethodGet, "/api/v1/issues/"+id.String(), nil).Want(http.StatusOK).Into(&seen)
		want := []string{"案卷", office.Issue(id).Number, "龙华环卫", "需夜间封路清运", "人手够", "申请延期", "不同意延期", "整改完成", "核查不合格", "照片收到"}
		for _, p := range seen.Photos {
			want = append(want, p.SHA256)
		}
		if len(seen.Photos) < 2 {
			t.Errorf("got %d photos, want those before and after", len(seen.Photos))
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("the case file does not say %q: %s", w, text)
			}
		}
		if strings.Contains(text, "记录变更") {
			t.Errorf("an event has no words: %s", text)
		}
		if got := pdfText(t, office.Do(http.MethodGet, path+"?lang=en", nil).Want(http.StatusOK).Body); !strings.Contains(got, "Casefile") ||
			!strings.Contains(got, "moretimerefused") {
			t.Errorf("got %s, want it in English", got)
		}
		s.As("stranger").Do(http.MethodGet, path, nil).Want(http.StatusNotFound)
	})
}

// TestAListIsExportedInWords has heads and words of the language that is asked for, and the names of the contract otherwise.
func TestAListIsExportedInWords(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		s.As("lin").ReportsMud()
		office := s.As("office")
		for lang, want := range map[string][]string{"": {"number,status,", ",reported,", ",false,"}, "?lang=zh": {"编号,状态,", ",待派遣,", ",巡查,", ",否,"},
			"?lang=en": {"Number,Status,", ",patrol,", ",no,"}} {
			got := string(office.Do(http.MethodGet, "/api/v1/issues.csv"+lang, nil).Want(http.StatusOK).Body)
			for _, w := range want {
				if !strings.Contains(got, w) {
					t.Errorf("%q: got %s, want %q in it", lang, got, w)
				}
			}
		}
	})
}
