package photos

import (
	"testing"
	"time"
)

func TestARushIsManyPhotosInASecond(t *testing.T) {
	var p throttle
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	if p.waits(now) {
		t.Error("nothing came, and it is a rush")
	}
	for n := range rushPhotos {
		p.note(now.Add(time.Duration(n) * 100 * time.Millisecond))
		if got, want := p.waits(now.Add(time.Duration(n)*100*time.Millisecond)), n == rushPhotos-1; got != want {
			t.Errorf("after %d photos in a second: got a rush %t, want %t", n+1, got, want)
		}
	}
	if p.waits(now.Add(2 * time.Second)) {
		t.Error("the rush goes on after it is over")
	}
}

// TestPicturesWaitOnceForARush lets photos come for an hour: after ten seconds all pictures are made beside them, until there is a new rush.
func TestPicturesWaitOnceForARush(t *testing.T) {
	var p throttle
	began := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	rush := func(from time.Time, long time.Duration) (waited time.Duration) {
		for at := from; at.Before(from.Add(long)); at = at.Add(50 * time.Millisecond) {
			if p.note(at); p.waits(at) {
				waited += 50 * time.Millisecond
			}
		}
		return waited
	}
	for _, from := range []time.Time{began, began.Add(2 * time.Hour)} {
		if waited := rush(from, time.Hour); waited < rushTime-time.Second || waited > rushTime {
			t.Errorf("in a rush of an hour pictures waited %s, want %s", waited, rushTime)
		}
	}
}
