package photos

import (
	"testing"
	"time"
)

func TestARushIsManyPhotosInASecond(t *testing.T) {
	var p throttle
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	if p.rushing(now) {
		t.Error("nothing came, and it is a rush")
	}
	for n := range rushPhotos {
		p.note(now.Add(time.Duration(n) * 100 * time.Millisecond))
		if got, want := p.rushing(now.Add(time.Duration(n)*100*time.Millisecond)), n == rushPhotos-1; got != want {
			t.Errorf("after %d photos in a second: got a rush %t, want %t", n+1, got, want)
		}
	}
	if p.rushing(now.Add(2 * time.Second)) {
		t.Error("the rush goes on after it is over")
	}
}
