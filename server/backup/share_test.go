package backup

import "testing"

// TestEveryByteIsReadAgainInTurn follows backups of several sizes until each folder was read.
func TestEveryByteIsReadAgainInTurn(t *testing.T) {
	for bytes, most := range map[int64]int{0: 1, smallBackup: 1, 4 * smallBackup: 5, 1 << 42: leastOfLarge} {
		read, m := map[int]bool{}, Manifest{Bytes: bytes}
		for n := 1; ; n++ {
			s := shareOf(m)
			for folder := range allFolders {
				if s.has(folder) {
					read[folder] = true
				}
			}
			if len(read) == allFolders {
				break
			}
			if n == most {
				t.Errorf("%d bytes: after %d backups %d of %d folders were read", bytes, n, len(read), allFolders)
				break
			}
			m.Checked = s.next()
		}
	}
}
