package photos

import (
	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
)

// Low says how much disk is left, and whether photos are refused for it.
func (svc *Service) Low() (free int64, low bool) {
	if svc.free == nil {
		return 0, false
	}
	free, err := svc.free()
	return free, err == nil && svc.minFree > 0 && free < svc.minFree
}

// checkRoom refuses bytes that would leave the database too little disk to go on with.
func (svc *Service) checkRoom(bytes int64) error {
	if svc.free == nil || svc.minFree == 0 {
		return nil
	}
	free, err := svc.free()
	if err != nil {
		return city.AsUnavailable(err)
	}
	if free-bytes < svc.minFree {
		svc.meter.NoRoom.Add(1)
		return inspect.ErrPhotoNoRoom
	}
	return nil
}

// KeepFree sets how many bytes of the disk are left to the database; photos that would take them are refused.
func (svc *Service) KeepFree(bytes int64) { svc.minFree = bytes }

// MinFree is how many bytes of the disk are left to the database.
func (svc *Service) MinFree() int64 { return svc.minFree }
