package photos_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"spotcheck/pkg/photo"
	"spotcheck/server/blob/dirblob"
	"spotcheck/server/core"
	"spotcheck/server/core/city"
	"spotcheck/server/core/photos"
	"spotcheck/server/store/storetest"
)

func TestTheFullerOfTwoDisksIsTold(t *testing.T) {
	dir, err := dirblob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	left := func(n int64) func() (int64, error) { return func() (int64, error) { return n, nil } }
	c := core.New(core.Options{Store: storetest.Open(t, storetest.Ready(t, storetest.SQLite)), Blobs: dir, Zone: time.UTC, Now: storetest.Clock,
		Log: slog.New(slog.DiscardHandler), Gate: photo.NewPixelSemaphore(1), MinFree: 500,
		Disks: []city.Disk{{Of: city.DiskOfPhotos, Free: left(1 << 40)}, {Of: city.DiskOfDatabase, Free: left(100)}}})
	want := []photos.FreeSpace{{Of: city.DiskOfPhotos, Bytes: 1 << 40}, {Of: city.DiskOfDatabase, Bytes: 100, Low: true}}
	if got := c.Photos.FreeSpaces(); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
