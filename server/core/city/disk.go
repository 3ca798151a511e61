package city

// Disk is a disk that fills up: that of the photos, or that of the database where it is another one.
type Disk struct {
	Of   string                // DiskOfPhotos or DiskOfDatabase
	Free func() (int64, error) // bytes left
}

// The disks.
const (
	DiskOfPhotos   = "photos"
	DiskOfDatabase = "database"
)
