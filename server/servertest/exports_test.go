package servertest_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/servertest"
)

// workbook are the rows of the one sheet of a workbook.
func workbook(t *testing.T, b []byte) [][]string {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	rows, err := x.GetRows(x.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestAListIsAWorkbookForPeople has heads and words of a language, no codes, and only the issues that are asked for.
func TestAListIsAWorkbookForPeople(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		first, _, third := lin.ReportsMud(), lin.ReportsMud(), lin.ReportsMud()
		for lang, want := range map[string][2][]string{
			"":         {{"编号", "状态", "类别", "来源", "超期"}, {"待派遣", "巡查", "否"}},
			"&lang=en": {{"Number", "Status", "Category", "Source", "Overdue"}, {"patrol", "no"}},
		} {
			a := office.Do(http.MethodGet, "/api/v1/issues.xlsx?issue="+first.String()+","+third.String()+lang, nil).Want(http.StatusOK)
			rows := workbook(t, a.Body)
			if len(rows) != 3 {
				t.Fatalf("%q: got %d rows, want a head and two issues: %v", lang, len(rows), rows)
			}
			for _, head := range want[0] {
				if !slices.Contains(rows[0], head) {
					t.Errorf("%q: got the heads %v, want %s among them", lang, rows[0], head)
				}
			}
			for _, word := range want[1] {
				if !slices.Contains(rows[1], word) {
					t.Errorf("%q: got %v, want %s in it", lang, rows[1], word)
				}
			}
			for _, code := range []string{"road_mud", "own_unit", "false", first.String()} {
				if slices.Contains(rows[1], code) {
					t.Errorf("%q: the code %s stands in %v", lang, code, rows[1])
				}
			}
			numbers := []string{rows[1][0], rows[2][0]}
			for _, id := range []inspect.ID{first, third} {
				if number := office.Issue(id).Number; !slices.Contains(numbers, number) {
					t.Errorf("%q: got %v, want %s among them", lang, numbers, number)
				}
			}
		}
		s.As("crew").Do(http.MethodGet, "/api/v1/issues.xlsx", nil).WantProblem(403, "forbidden", "never")
	})
}

// TestPhotosOfAListComeAsTheyWereTaken has every byte of every photo in the folder of its issue, and its digest in the index.
func TestPhotosOfAListComeAsTheyWereTaken(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		whole, lacking, other := lin.ReportsMud(), lin.ReportsMud(), lin.ReportsMud()
		second := lin.Shows(whole, "report")
		lost := servertest.NewPicture("report")
		lin.Declares(lacking, lost).Want(http.StatusCreated) // its bytes never came
		a := office.Do(http.MethodGet, "/api/v1/issues.zip?issue="+whole.String()+","+lacking.String(), nil).Want(http.StatusOK)
		z, err := zip.NewReader(bytes.NewReader(a.Body), int64(len(a.Body)))
		if err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if files[f.Name], err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		index, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(files["index.csv"]), "\ufeff"))).ReadAll()
		if err != nil || len(index) != 5 || len(files) != 4 {
			t.Fatalf("got %d lines of the index, %d files, %v: %v", len(index), len(files), err, index)
		}
		for _, line := range index[1:] {
			name, digest, id := line[1], line[5], line[6]
			if id == lost.ID.String() {
				if name != "" || digest != lost.SHA256() {
					t.Errorf("a photo that never came stands as %v", line)
				}
				continue
			}
			sum := sha256.Sum256(files[name])
			if hex.EncodeToString(sum[:]) != digest || !strings.HasPrefix(name, line[0]+"/") {
				t.Errorf("the file of %v is another one", line)
			}
		}
		if !strings.Contains(string(files["index.csv"]), second.String()) || strings.Contains(string(files["index.csv"]), office.Issue(other).Number) {
			t.Errorf("got the index %s, want the two issues that were asked for", files["index.csv"])
		}
		s.As("crew").Do(http.MethodGet, "/api/v1/issues.zip", nil).WantProblem(403, "forbidden", "never")
	})
}
