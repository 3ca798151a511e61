package servertest_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"spotcheck/server/core/places"
	"spotcheck/server/servertest"
)

// suburbs is a city of so many grids in districts of a hundred.
func suburbs(grids int) string {
	var b strings.Builder
	b.WriteString("code,name,level,class,parent,width_m,wkt\nC,City,city,,,,\n")
	const step = .004
	for n := range grids {
		south, west := float64(n/100)*step, float64(n%100)*step
		if n%100 == 0 {
			fmt.Fprintf(&b, "D%d,District %d,district,,C,,%s\n", n/100, n/100, parcel(south, 0, south+step, 100*step))
		}
		fmt.Fprintf(&b, "G%d,Grid %d,grid,,D%d,,%s\n", n, n, n/100, parcel(south, west, south+step, west+step))
	}
	return b.String()
}

// limited is a context that ends when somebody has looked at it so often.
type limited struct {
	context.Context
	end  context.CancelFunc
	left atomic.Int64
}

func (l *limited) look() {
	if l.left.Add(-1) < 0 {
		l.end()
	}
}

// Err says whether it has ended.
func (l *limited) Err() error { l.look(); return l.Context.Err() }

// Done is closed when it has.
func (l *limited) Done() <-chan struct{} { l.look(); return l.Context.Done() }

// TestAnImportMayBreakOffAnywhere interrupts applying, each time a little later; nothing is half visible, the record is good
// at every moment, and in the end every area is told of once.
func TestAnImportMayBreakOffAnywhere(t *testing.T) {
	servertest.Each(t, func(t *testing.T, s *servertest.Server) {
		admin, lin := s.As("admin"), s.As("lin")
		a, in, _ := checksAreas(admin, "csv", "wgs84", suburbs(140))
		a.Want(http.StatusCreated)
		broken := 0
		for n := int64(0); ; n += 1 + n/16 {
			ctx := &limited{}
			ctx.Context, ctx.end = context.WithCancel(t.Context())
			ctx.left.Store(n)
			_, _, err := s.Core.Places.ApplyAreas(ctx, places.Operator, in.ID)
			ctx.end()
			s.Audit()
			if err == nil {
				break
			}
			if broken++; broken > 500 {
				t.Fatal(err)
			}
			var state struct{ Import importWire }
			admin.Do(http.MethodGet, "/api/v1/area-imports/"+in.ID.String(), nil).Want(http.StatusOK).Into(&state)
			if got := len(codesAt(lin, 20.001, 110.001)); (got == 3) != (state.Import.State == "applied") || got != 0 && got != 3 {
				t.Fatalf("broken off after %d: %s, and a place lies in %d areas", n, state.Import.State, got)
			}
		}
		if broken < 2 {
			t.Errorf("applying was broken off %d times", broken)
		}
		if got := s.Texts("SELECT count(*) FROM event WHERE type = 'area.staged'")[0]; got != "143" {
			t.Errorf("the record tells %s times of 143 areas", got)
		}
		lin.Do(http.MethodGet, "/api/v1/bootstrap", nil).Want(http.StatusOK)
	})
}
