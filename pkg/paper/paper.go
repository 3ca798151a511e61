// Package paper makes the notices of an office: from what a paper says to its pages as PDF and to the same as an editable
// DOCX. Equal content and equal pictures give equal bytes: there is no clock and no chance in it.
package paper

import "spotcheck/pkg/inspect"

// Content is all that a paper says, as it was when its number was taken. Times are texts in the city's zone.
type Content struct {
	Kind        inspect.PaperKind `json:"kind"`
	Number      string            `json:"number"`
	Office      string            `json:"office"` // that issues it
	To          string            `json:"to"`
	CopyTo      []string          `json:"copy_to,omitempty"`
	Corrects    string            `json:"corrects,omitempty"` // the number of the paper that this one corrects
	Reason      string            `json:"reason,omitempty"`   // why the office presses
	Items       []Item            `json:"items"`
	Demand      string            `json:"demand,omitempty"` // what to do
	DueAt       string            `json:"due_at,omitempty"` // by when
	Basis       string            `json:"basis,omitempty"`  // in law
	Consequence string            `json:"consequence,omitempty"`
	Signer      string            `json:"signer,omitempty"`
	Date        string            `json:"date"`
}

// Item is one issue that a paper is about.
type Item struct {
	Number    string  `json:"number"`
	CheckedAt string  `json:"checked_at,omitempty"`
	Place     string  `json:"place,omitempty"`
	Category  string  `json:"category"`
	Wrong     string  `json:"wrong,omitempty"` // what is
	DueAt     string  `json:"due_at,omitempty"`
	Photos    []Photo `json:"photos,omitempty"`
	Done      string  `json:"done,omitempty"` // what was done, when it was done already
	DoneAt    string  `json:"done_at,omitempty"`
	Result    string  `json:"result,omitempty"` // of the check after it
	ResultBy  string  `json:"result_by,omitempty"`
	ResultAt  string  `json:"result_at,omitempty"`
}

// Photo is a picture of an item.
type Photo struct {
	ID      string `json:"id"`
	SHA256  string `json:"sha256"` // of the original
	After   bool   `json:"after,omitempty"`
	Caption string `json:"caption,omitempty"`
}

// Pictures are JPEG files by the id of their photo. One that is missing is shown as an empty frame.
type Pictures map[string][]byte

// words are what differs between the kinds.
type words struct{ title, opening, demand, due, done string }

var wordsOf = map[inspect.PaperKind]words{
	inspect.TaskNotice:        {"任务通知单", "现将下列任务交由你单位办理，请按要求完成并反馈办理结果。", "任务要求", "完成期限", "办理情况"},
	inspect.RectifyNotice:     {"整改通知单", "经检查，你单位责任范围内存在下列问题，请按要求限期整改，并报送整改结果。", "整改要求", "整改期限", "整改情况"},
	inspect.SupervisionLetter: {"督办单", "现对下列事项予以督办，请按要求办理，并书面回复办理结果。", "督办要求", "回复期限", "回复内容"},
}

// Title is the name of a kind on paper.
func Title(k inspect.PaperKind) string { return wordsOf[k].title }
