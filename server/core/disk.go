package core

import "spotcheck/pkg/inspect"

// Low says how much disk is left, and whether photos are refused for it.
func (c *Core) Low() (free int64, low bool) {
	if c.Free == nil {
		return 0, false
	}
	free, err := c.Free()
	return free, err == nil && c.MinFree > 0 && free < c.MinFree
}

// room refuses bytes that would leave the database too little disk to go on with.
func (c *Core) room(bytes int64) error {
	if c.Free == nil || c.MinFree == 0 {
		return nil
	}
	free, err := c.Free()
	if err != nil {
		return away(err)
	}
	if free-bytes < c.MinFree {
		c.Meter.NoRoom.Add(1)
		return inspect.ErrPhotoNoRoom
	}
	return nil
}
