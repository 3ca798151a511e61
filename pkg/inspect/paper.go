package inspect

// PaperKind is what sort of notice a paper is.
type PaperKind string

// The kinds of paper.
const (
	TaskNotice        PaperKind = "task"      // 任务通知单: the office gives a task
	RectifyNotice     PaperKind = "rectify"   // 整改通知单: a violation is stated
	SupervisionLetter PaperKind = "supervise" // 督办单: the office presses
)

// PaperKinds are all of them.
var PaperKinds = []PaperKind{TaskNotice, RectifyNotice, SupervisionLetter}

// UnmarshalText reads a kind of paper and refuses all else.
func (k *PaperKind) UnmarshalText(text []byte) (err error) {
	*k, err = OneOf(*k, text, PaperKinds)
	return
}

// Paper is a numbered notice to a unit. What it says is frozen with its number and never changes; a correction is a paper of
// its own.
type Paper struct {
	ID        ID
	Kind      PaperKind
	Office    string // code of the office that issues it
	Year      int    // of the number, in the city's zone
	N         int64  // in the series of its kind, office and year
	Number    string // as the template of the office has it
	Unit      ID     // that it is addressed to
	Issuer    ID
	Corrects  ID   // the paper that it takes the place of
	Batch     ID   // that made it
	Issues    []ID // in the order in which it lists them
	IssuedAt  Time
	UpdatedAt Time
	PDF, DOCX PaperFile // none before they are made
}

// PaperFile is a file that was made from what a paper says.
type PaperFile struct {
	SHA256 string
	Bytes  int64
}

// HasFiles says whether the files of the paper are there.
func (p *Paper) HasFiles() bool { return p.PDF.SHA256 != "" }
