package inspect

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Heading is a line of the index of the archive (档案目录), under which documents lie.
type Heading struct {
	ID        ID
	Parent    ID     // zero at the top
	Number    string // such as 1.2; siblings stand in the order of their numbers
	Title     string
	Note      string        // what belongs there
	Source    HeadingSource // empty where documents are brought
	Detail    string        // which of them the source gives
	Least     int           // so many documents are wanted in a year
	Units     []ID          // each of which has to bring one in a year
	KeepYears int           // for which its documents are kept; 0 for ever
	Enabled   bool
	CreatedAt Time
	UpdatedAt Time
}

// HeadingSource is what fills a heading by itself.
type HeadingSource string

// The sources of headings.
const (
	IssuedReports HeadingSource = "reports"  // reports that were issued
	IssuedPapers  HeadingSource = "papers"   // papers of a kind
	SignedShare   HeadingSource = "coverage" // how many places and units have signed, as of today
)

// HeadingSources are all of them.
var HeadingSources = []HeadingSource{IssuedReports, IssuedPapers, SignedShare}

// UnmarshalText reads a source and refuses all else.
func (s *HeadingSource) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, HeadingSources)
	return
}

// CompareHeadings is the order of headings beside each other: number by number, 1.10 after 1.9.
func CompareHeadings(a, b *Heading) int {
	return cmp.Or(slices.CompareFunc(strings.FieldsFunc(a.Number, isDot), strings.FieldsFunc(b.Number, isDot), comparePart), strings.Compare(a.Title, b.Title))
}

func isDot(r rune) bool { return strings.ContainsRune(".．-—、", r) }

// comparePart compares as numbers what are numbers, which come before what are none.
func comparePart(a, b string) int {
	x, errA := strconv.Atoi(a)
	y, errB := strconv.Atoi(b)
	switch {
	case errA == nil && errB == nil:
		return cmp.Compare(x, y)
	case errA == nil:
		return -1
	case errB == nil:
		return 1
	}
	return strings.Compare(a, b)
}

// Document is something that was brought to the archive: its description, and its file in every version.
type Document struct {
	ID        ID
	Heading   ID
	Title     string
	Number    string // 文号
	Dated     Date
	Unit      ID // that it comes from; zero for the office itself
	Files     []DocumentFile
	Withdrawn Withdrawal
	MadeBy    ID
	CreatedAt Time
	UpdatedAt Time
}

// DocumentFile is a version of the file of a document, as it came.
type DocumentFile struct {
	N          int // from 1
	SHA256     string
	Bytes      int64
	Type       string // pdf, docx, xlsx, or that of a picture
	Name       string
	CRC32      uint32 // of the bytes, for archives
	By         ID
	ReceivedAt Time
}

// Withdrawal says that a document does not count any more; its files stay.
type Withdrawal struct {
	Reason string
	By     ID
	At     Time // 0 for none
}

// File is the version that counts, nil before the first has come.
func (d *Document) File() *DocumentFile {
	if len(d.Files) == 0 {
		return nil
	}
	return &d.Files[len(d.Files)-1]
}

// Counts says whether the document is there to be shown.
func (d *Document) Counts() bool { return d.Withdrawn.At == 0 && len(d.Files) > 0 }

// KeepTo is until when a document of a heading is kept, empty for ever.
func (d *Document) KeepTo(h *Heading) Date {
	if h.KeepYears == 0 {
		return ""
	}
	return d.Dated.AddYears(h.KeepYears)
}

// ArchiveExport is what left the archive at one moment as one ZIP: it can be fetched again, byte for byte, until its time is over.
type ArchiveExport struct {
	ID      ID
	Heading ID     // with all below; zero for all
	Year    int    // of the documents; 0 for all
	Files   int    // without the index
	Bytes   int64  // of the ZIP
	Digest  string // of the list of its files and of its index
	MadeBy  ID
	MadeAt  Time
	GoneAt  Time // when its list was dropped; 0 while it can be fetched
}
