package notices

import (
	"context"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/messages"
	"spotcheck/server/store"
)

// remindUnsigned is told of a paper that nobody has signed for.
const remindUnsigned = "paper.unsigned"

// Times of reminders of papers.
const (
	unsignedAfter = 24 * time.Hour    // a paper nobody has signed for goes up the ladder
	unsignedFor   = 8 * unsignedAfter // older ones were told of, or the server stood still for a week
	unsignedMost  = 2000              // papers looked at in one round

)

// Wordings are the titles of what people are told of papers.
var Wordings = messages.Wordings{
	remindUnsigned: {inspect.Chinese: "通知单 {number} 逾一日未签收", inspect.English: "Nobody has signed for notice {number} for a day"},
}

// UnsignedPapers tells those above a unit, and who issued it, of papers that nobody has signed for.
func UnsignedPapers(ctx context.Context, tx *store.Tx) (all []messages.Notification, err error) {
	papers, err := tx.UnsignedPapers(ctx, tx.Now.Add(-unsignedFor), tx.Now.Add(-unsignedAfter), unsignedMost)
	if err != nil {
		return nil, err
	}
	for _, p := range papers {
		to, err := aboveUnsigned(ctx, tx, &p)
		if err != nil {
			return nil, err
		}
		all = append(all, messages.Notification{To: to, NotificationEvent: store.NotificationEvent{Ref: remindUnsigned + "/" + p.ID.String(), Type: remindUnsigned, At: tx.Now,
			Facts: store.IssueSummary{Number: p.Number, Unit: p.Unit}}})
	}
	return all, nil
}

func aboveUnsigned(ctx context.Context, tx *store.Tx, p *store.Paper) ([]messages.Recipient, error) {
	people, _, err := messages.UnitAndAbove(ctx, tx, p.Unit)
	return append(messages.AtNormalUrgency(people), messages.Recipient{Person: p.Issuer, Urgency: inspect.Low}), err
}
