package servertest_test

import (
	"net/http"
	"slices"
	"testing"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo/phototest"
	"spotcheck/server/core/photos"
	"spotcheck/server/servertest"
)

// sample is a file that phototest makes.
func sample(t *testing.T, name string) servertest.Picture {
	t.Helper()
	for _, s := range phototest.Generated() {
		if s.Name == name {
			return servertest.Picture{ID: inspect.NewID(), Kind: "report", Bytes: s.Bytes}
		}
	}
	t.Fatalf("there is no %s", name)
	return servertest.Picture{}
}

func TestAPhotoIsSeenOrTheOfficeKnows(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		for name, want := range map[string]struct {
			thumb string
			flags []string
		}{
			"animated.webp":  {"ready", nil},
			"cut_at_60.png":  {"ready", []string{"photo.damaged"}},
			"arithmetic.jpg": {"failed", []string{"photo.unseen"}},
			"cut_early.png":  {"failed", []string{"photo.damaged", "photo.unseen"}},
		} {
			p := sample(t, name)
			issue := inspect.NewID()
			lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report(p)).Want(http.StatusCreated)
			lin.Sends(issue, p)
			s.Drain()
			if err := s.Core.Photos.Render(t.Context(), photos.RenderPhoto{Photo: p.ID.String()}); err != nil { // a job may come twice
				t.Fatal(err)
			}
			var got photoFacts
			lin.Do(http.MethodGet, "/api/v1/issues/"+issue.String()+"/photos/"+p.ID.String(), nil).Want(http.StatusOK).Into(&got)
			flags := slices.DeleteFunc(flagsOf(t, office, issue, p.ID), func(kind string) bool {
				return kind == "photo.blurred" || kind == "photo.captured_at" || kind == "photo.time_differs"
			})
			if got.Thumb != want.thumb || !slices.Equal(flags, want.flags) {
				t.Errorf("%s: got %s (%s), flags %v; want %v", name, got.Thumb, got.RenditionError, flags, want)
			}
		}
		s.Audit()
	})
}

// TestPicturesAreMadeAnew asks for them at the desk: of a photo whose decoder failed for a moment, then of one that never can be shown.
func TestPicturesAreMadeAnew(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		lin, office := s.As("lin"), s.As("office")
		for name, want := range map[string]string{"animated.webp": "ready", "arithmetic.jpg": "failed"} {
			p := sample(t, name)
			issue := inspect.NewID()
			lin.Do(http.MethodPut, "/api/v1/issues/"+issue.String(), lin.Report(p)).Want(http.StatusCreated)
			path := "/api/v1/issues/" + issue.String() + "/photos/" + p.ID.String()
			office.Do(http.MethodPost, path+"/render", nil).WantProblem(409, "photo.not-safe", "later")
			lin.Sends(issue, p)
			s.Drain()
			before := flagsOf(t, office, issue, p.ID)
			s.SQL("UPDATE photo SET renditions = 'failed', rendition_error = 'the decoder was killed' WHERE sha256 = '" + p.SHA256() + "'")
			s.SQL("DELETE FROM rendition")
			lin.Do(http.MethodPost, path+"/render", nil).WantProblem(403, "forbidden", "never")
			var got photoFacts
			office.Do(http.MethodPost, path+"/render", nil).Want(http.StatusOK).Into(&got)
			if got.Thumb != "pending" || got.RenditionError != "" {
				t.Errorf("%s: got %s (%s), want pending", name, got.Thumb, got.RenditionError)
			}
			office.Do(http.MethodPost, path+"/render", nil).Want(http.StatusOK)
			s.Drain()
			office.Do(http.MethodPost, path+"/render", nil).Want(http.StatusOK)
			s.Drain()
			office.Do(http.MethodGet, path, nil).Want(http.StatusOK).Into(&got)
			if got.Thumb != want {
				t.Errorf("%s: got %s (%s), want %s", name, got.Thumb, got.RenditionError, want)
			}
			if after := flagsOf(t, office, issue, p.ID); !slices.Equal(after, before) {
				t.Errorf("%s: flags were %v and are %v", name, before, after)
			}
		}
		s.Audit()
	})
}
