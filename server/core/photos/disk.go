package photos

import (
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
)

// FreeSpace is what is left on a disk, and whether photos are refused for it.
type FreeSpace struct {
	Of    string `json:"of"`
	Bytes int64  `json:"bytes"`
	Low   bool   `json:"low"`
}

// FreeSpaces says how much is left of each disk; nothing of one that does not answer.
func (svc *Service) FreeSpaces() []FreeSpace {
	all := []FreeSpace{}
	for _, d := range svc.disks {
		if free, err := d.Free(); err == nil {
			all = append(all, FreeSpace{d.Of, free, svc.minFree > 0 && free < svc.minFree})
		}
	}
	return all
}

// checkRoom refuses bytes that would leave the database too little disk to go on with.
func (svc *Service) checkRoom(bytes int64) error {
	if svc.minFree == 0 {
		return nil
	}
	for _, d := range svc.disks {
		free, err := d.Free()
		if err != nil {
			return city.AsUnavailable(err)
		}
		if d.Of == city.DiskOfPhotos {
			free -= bytes
		}
		if free < svc.minFree {
			svc.meter.NoRoom.Add(1)
			return inspect.ErrPhotoNoRoom
		}
	}
	return nil
}

// KeepFree sets how many bytes of each disk are left to the database; photos that would take them are refused.
func (svc *Service) KeepFree(bytes int64) { svc.minFree = bytes }

// MinFree is how many bytes of each disk are left to the database.
func (svc *Service) MinFree() int64 { return svc.minFree }
