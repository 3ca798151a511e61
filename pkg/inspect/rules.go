package inspect

import (
	"slices"
	"time"

	"spotcheck/pkg/fault"
)

// rules are what rules.md, "Life of an issue", asks of an action beyond its state; they may complete the event.
var rules = map[Action]func(*Issue, *Transition, *Event) error{
	Dismiss:       dismissal,
	Merge:         merging,
	Unmerge:       unmerging,
	Assign:        assignment,
	Return:        returning,
	Fix:           fixing,
	Verify:        verification,
	Reopen:        reopening,
	WithdrawPhoto: withdrawal,
	OnTheSpotFix:  onTheSpot,
	Erase:         erasure,
	DecideFlag:    deciding,

	AskExtension:    askingExtension,
	DecideExtension: decidingExtension,
	AskHold:         askingHold,
	DecideHold:      decidingHold,
	Resume:          resuming,
	Supervise:       supervising,
	Reply:           replying,
	AskAppeal:       appealing,
	DecideAppeal:    decidingAppeal,
	PassDown:        passing,
	FieldCheck:      looking,
	GivePart:        givingPart,
	ReplyPart:       namingPart,
	EndPart:         namingPart,
	HandOver:        handingOver,
	Correct:         correcting,
}

// dismissal after assignment takes two people: the first asks, another confirms.
func dismissal(i *Issue, m *Transition, e *Event) error {
	switch {
	case i.Status == Reported && i.AssignedAt == 0:
	case i.DismissalAskedAt == 0:
		e.Type = "issue.dismissal_asked"
	case i.DismissalAskedBy == m.By:
		return ErrSecondPerson
	}
	return nil
}

func merging(i *Issue, m *Transition, e *Event) error {
	switch {
	case m.Into == nil || m.Into.ID == i.ID:
		return ErrMergeTarget.With("An issue is merged into another one.")
	case m.Into.Status == Merged || m.Into.Status == Dismissed:
		return ErrMergeTarget.With("The other issue is %s itself.", m.Into.Status)
	case i.DueAt != 0 && m.Into.Status == Reported:
		return ErrMergeTarget.With("The other issue has no deadline yet, and the one of this would be lost: merge that one into this.")
	}
	e.Into = m.Into.ID
	return nil
}

func unmerging(i *Issue, m *Transition, e *Event) error {
	if m.Into != nil && m.Into.Status == Merged {
		return ErrMergeTarget.With("The other issue was merged itself meanwhile; that is undone first.")
	}
	e.Into = i.MergedInto
	e.Before = i.StatusBeforeMerge
	i.goOnAfterMerge(m, e)
	return nil
}

func onTheSpot(_ *Issue, m *Transition, _ *Event) error {
	before := []PhotoKind{PhotoBefore, PhotoReport}
	if !slices.ContainsFunc(m.Photos, func(p Photo) bool { return slices.Contains(before, p.Kind) }) {
		return ErrPhotoNeeded.With("An on-the-spot fix needs a photo of before and one of after.").At(fault.Field{Pointer: "/photos", Detail: "no photo of before"})
	}
	return prove(m, PhotoAfter)
}

// prove asks for a photo of a kind that proves nothing else yet.
func prove(m *Transition, kind PhotoKind) error {
	used := false
	for _, p := range m.Photos {
		if p.Kind != kind {
			continue
		}
		if p.UsedBy.IsZero() || p.UsedBy == m.ID {
			return nil
		}
		used = true
	}
	if used {
		return ErrPhotoUsed
	}
	return ErrPhotoNeeded.With("This action needs a photo of the kind %s.", kind).At(fault.Field{Pointer: "/photos", Detail: "no photo of the kind " + string(kind)})
}

func verification(i *Issue, m *Transition, e *Event) error {
	e.Unit = i.Unit
	switch {
	case m.By == i.Fixer && !i.Fixer.IsZero():
		return ErrOwnFix.With("Nobody verifies what they fixed themselves.")
	case slices.ContainsFunc(m.ActorUnits, func(u ID) bool { return slices.Contains(m.FixerUnitLine, u) }):
		return ErrOwnFix
	case m.Method == ByPhoto && !m.Category.ByPhoto:
		return ErrOnSite
	case m.Method == ByPhoto && i.VisitDrawn:
		return ErrDrawnForVisit
	case m.Verdict == Pass:
		return nil
	}
	e.Type = "issue.verification_failed"
	if m.Verdict == FalseFix {
		e.Type = "issue.false_fix"
	}
	e.RemindAt = i.reminder(m, e)
	if !i.Unit.IsZero() {
		e.ToldAt = e.At // told when it came, though it counts before
	}
	return prove(m, PhotoCheck)
}

func reopening(i *Issue, m *Transition, e *Event) error {
	if window := time.Duration(m.Category.ReopenDays) * 24 * time.Hour; m.ReceivedAt > i.ClosedAt.Add(window) {
		return ErrReopenTooLate
	}
	e.RemindAt = i.reminder(m, e)
	return nil
}

func withdrawal(_ *Issue, m *Transition, e *Event) error {
	switch {
	case m.Photo == nil:
		return ErrPhotoNotFound
	case m.Photo.State == PhotoSafe:
		return ErrPhotoSafe
	case m.Photo.State != PhotoDeclared:
		return ErrPhotoGone
	}
	e.Photos = []ID{m.Photo.ID}
	return nil
}

// erasure takes two people as well: the first asks, another confirms.
func erasure(_ *Issue, m *Transition, e *Event) error {
	e.Photos = nil // those that it names are gone after it
	if m.Photo != nil {
		if m.Photo.State != PhotoSafe {
			return ErrPhotoGone.With("Only a photo that is safe here can be erased.")
		}
		e.Photos = []ID{m.Photo.ID}
	}
	switch {
	case m.AskedBy.IsZero():
		e.Type = "issue.erasure_asked"
	case m.AskedBy == m.By:
		return ErrSecondPerson
	}
	return nil
}

// deciding may be done again: the last decision counts.
func deciding(_ *Issue, m *Transition, e *Event) error {
	if m.Flag == nil {
		return ErrUnknownRef.At(fault.Field{Pointer: "/flag", Detail: "the issue has no such flag"})
	}
	e.Flag, e.Decision = m.Flag.ID, m.Decided
	return nil
}
