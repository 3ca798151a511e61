package backup

// A share of what is there already is read again by each backup: everything in a small one, a sixteenth at least in a large one.
const (
	smallBackup  = 1 << 30 // bytes
	leastOfLarge = 16
)

// allFolders is how many folders a backup has.
var allFolders = len(folders())

// share is some folders, by their number, and after the last one the first.
type share struct{ from, count int }

// everything is all folders.
var everything = share{0, allFolders}

// shareOf is the next one after a backup.
func shareOf(before Manifest) share {
	s := share{before.Checked % allFolders, (allFolders + leastOfLarge - 1) / leastOfLarge}
	if before.Checked < 0 || before.Bytes <= smallBackup {
		return everything
	}
	if bytes := int64(allFolders) * smallBackup / before.Bytes; bytes > int64(s.count) {
		s.count = int(bytes)
	}
	return s
}

// has says whether a folder is in it.
func (s share) has(folder int) bool { return (folder-s.from+allFolders)%allFolders < s.count }

// next is where the share after it begins.
func (s share) next() int { return (s.from + s.count) % allFolders }
