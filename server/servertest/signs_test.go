package servertest_test

import (
	"bytes"
	"net/http"
	"testing"

	"spotcheck/server/servertest"
)

// TestAGradedPlaceHangsASign prints the grade of the latest visit, on two sizes, for who may see that visit, and of nothing without a grade.
func TestAGradedPlaceHangsASign(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		schoolCity(s)
		lin := s.As("lin")
		sign := func(c *servertest.Client, query string) *servertest.Answer {
			return c.Do(http.MethodGet, "/api/v1/place-grades/"+servertest.ID("school").String()+"/sign"+query, nil)
		}
		sign(lin, "").WantProblem(404, "visit.not-found", "never")
		visitOf(t, lin, "visit").kept("", checklist(lin, "school", answers(M{"item": "2", "result": "no"}, M{"item": "4", "result": "na"}), nil), http.StatusCreated)
		files := map[string][]byte{}
		for _, query := range []string{"", "?size=a5", "?size=a4&lang=en"} {
			files[query] = sign(lin, query).Want(http.StatusOK).Body
			if !bytes.HasPrefix(files[query], []byte("%PDF")) {
				t.Errorf("with %q: got %.20q", query, files[query])
			}
		}
		if bytes.Equal(files[""], files["?size=a5"]) {
			t.Error("both sizes are the same")
		}
		sign(s.As("crew"), "").Want(http.StatusOK)
		sign(s.As("meilan-crew"), "").WantProblem(404, "visit.not-found", "never")
		visitOf(t, lin, "vetoed").kept("", checklist(lin, "school", answers(M{"item": "4", "result": "no"}), nil), http.StatusCreated)
		sign(lin, "").WantProblem(409, "visit.no-grade", "never")
		s.Audit()
	})
}
