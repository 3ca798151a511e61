package problem_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
	"spotcheck/pkg/problem"
)

func TestEveryKindHasItsRow(t *testing.T) {
	for k := fault.Internal; k <= fault.BadRange; k++ {
		d := problem.Of(fault.New(k, "x", "A sentence."), "id")
		if http.StatusText(d.Status) == "" || d.Status < 400 || d.Title == "" || d.Retry == "" {
			t.Errorf("kind %d: %+v", k, d)
		}
	}
}

func TestRetries(t *testing.T) {
	tests := map[error]struct {
		status int
		retry  problem.Retry
	}{
		inspect.ErrContent: {422, problem.Never}, inspect.ErrNewer: {422, problem.Later}, inspect.ErrPhotoShort: {400, problem.Later},
		inspect.ErrPhotoDigest: {422, problem.Later}, inspect.ErrPhotoManifest: {422, problem.Never}, inspect.ErrPhotoDiffers: {409, problem.Never},
		inspect.ErrPhotoNotSafe: {409, problem.Later}, inspect.ErrIssueChanged: {409, problem.Never}, inspect.ErrSignIn: {401, problem.AfterLogin},
		inspect.ErrIssueNotFound: {404, problem.Later}, inspect.ErrUnavailable: {503, problem.Later}, inspect.ErrLoginLimit: {429, problem.Later},
		inspect.ErrPhotoGone: {410, problem.Never}, inspect.ErrOwnFix: {403, problem.Never}, errors.New("ours"): {500, problem.Later},
	}
	for err, want := range tests {
		if d := problem.Of(err, "id"); d.Status != want.status || d.Retry != want.retry {
			t.Errorf("%v: got %d %s, want %d %s", err, d.Status, d.Retry, want.status, want.retry)
		}
	}
}

func TestWhatIsOursStaysInTheLog(t *testing.T) {
	cause := errors.New("pq: password of user spotcheck")
	for _, err := range []error{cause, fmt.Errorf("core: %w", cause), inspect.ErrUnavailable.Because(cause)} {
		text, errJSON := json.Marshal(problem.Of(err, "7f"))
		if errJSON != nil || strings.Contains(string(text), "password") || !strings.Contains(string(text), `"request_id":"7f"`) {
			t.Errorf("got %s, %v", text, errJSON)
		}
	}
}

func TestFieldsAndStateAreShown(t *testing.T) {
	d := problem.Of(inspect.ErrIssueChanged.WithState(map[string]int{"version": 3}).At(fault.Field{Pointer: "/a", Detail: "no"}), "id")
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"current":{"version":3}`, `"errors":[{"pointer":"/a","detail":"no"}]`, `"code":"issue.changed"`, `"type":"about:blank#issue.changed"`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s lacks %s", text, part)
		}
	}
}
