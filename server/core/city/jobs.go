package city

// RecomputeDeadlines asks for the deadlines that run to follow a changed calendar.
type RecomputeDeadlines struct {
	By string `json:"by"` // who changed it
}

// Kind names the job.
func (RecomputeDeadlines) Kind() string { return "deadlines.recompute" }
