package store

import (
	"context"

	"spotcheck/pkg/campaign"
	"spotcheck/pkg/inspect"
)

// measureFrom is where the facts of a measure stand: what they are, by what people know them, where they lie, when they were and what each counts.
type measureFrom struct {
	kind, label, area, unit string
	when                    string // milliseconds, or the text of a day
	amount                  string // in hundredths
	from                    string // the rows, as x
	days                    bool   // when is a day
	categories              bool   // only issues of some categories count
}

const (
	areaOfFact   = "(SELECT uid FROM area WHERE id = x.area)"
	unitOfFact   = "(SELECT uid FROM unit WHERE id = x.unit)"
	targetOfFact = "COALESCE((SELECT name FROM place WHERE uid = x.target), (SELECT name FROM area WHERE uid = x.target), '')"
	areaOfPaper  = "(SELECT a.uid FROM paper_issue p JOIN issue i ON i.id = p.issue JOIN area a ON a.id = i.area WHERE p.paper = x.id ORDER BY p.id LIMIT 1)"
)

// measuresFrom says of every measure of campaigns what is counted.
var measuresFrom = map[campaign.Measure]measureFrom{
	campaign.MeasureVisits:       ofVisits("100", "x.rechecks IS NULL"),
	campaign.MeasureRechecks:     ofVisits("100", "x.rechecks IS NOT NULL"),
	campaign.MeasureRecheckScore: ofVisits("x.score", "x.rechecks IS NOT NULL AND x.scored"),
	campaign.MeasureIssuesFound:  ofIssues("x.reported_at", "x.status NOT IN ('dismissed', 'merged')"),
	campaign.MeasureIssuesClosed: ofIssues("x.closed_at", "x.status = 'verified'"),
	campaign.MeasureNotices: {kind: "paper", label: "x.number", area: areaOfPaper, unit: unitOfFact, when: "x.issued_at", amount: "100",
		from: "paper x WHERE x.kind IN ('task', 'rectify') AND NOT EXISTS (SELECT 1 FROM paper_cancellation n WHERE n.paper = x.id)"},
	campaign.MeasurePlanTasks: {kind: "plan_task", label: "x.title", area: "NULL", unit: unitOfFact, when: "x.real_to", amount: "100",
		from: "plan_task x WHERE x.enabled", days: true},
	campaign.MeasureActivities: ofActivities("100"),
	campaign.MeasurePeople:     ofActivities("100 * x.people"),
	campaign.MeasurePlaces:     ofActivities("100 * x.places"),
	campaign.MeasureVehicles:   ofActivities("100 * x.vehicles"),
	campaign.MeasureTonnes:     ofActivities("x.tonnes"),
}

func ofVisits(amount, where string) measureFrom {
	return measureFrom{kind: "visit", label: targetOfFact, area: areaOfFact, unit: unitOfFact, when: "x.done_at", amount: amount, from: "visit x WHERE " + where}
}

func ofIssues(when, where string) measureFrom {
	return measureFrom{kind: "issue", label: "x.number", area: areaOfFact, unit: unitOfFact, when: when, amount: "100", from: "issue x WHERE " + where, categories: true}
}

func ofActivities(amount string) measureFrom {
	return measureFrom{kind: "activity", label: "x.title", area: areaOfFact, unit: unitOfFact, when: "x.starts_at", amount: amount, from: "activity x WHERE x.done_at > 0"}
}

// CampaignFacts calls f for whatever counts for a measure in some days, both included and given as moments as well, in the order in which it came. The
// moment of a fact is 0 where it has only a day.
func (tx *Tx) CampaignFacts(ctx context.Context, m campaign.Measure, days inspect.Span, from, until inspect.Time, categories []string,
	f func(fact campaign.Fact, at inspect.Time) error) error {
	w := measuresFrom[m]
	at, day, first, last := w.when, "''", any(int64(from)), any(int64(until)-1)
	if w.days {
		at, day, first, last = "0", w.when, string(days.From), string(days.To)
	}
	q := "SELECT x.uid, " + w.label + ", " + w.area + ", " + w.unit + ", " + at + ", " + day + ", " + w.amount + " FROM " + w.from + " AND " + w.when + " >= ? AND " +
		w.when + " <= ?"
	args := []any{first, last}
	if w.categories && len(categories) > 0 {
		var codes []any
		for _, c := range categories {
			codes = append(codes, c)
		}
		v := values{column: "c.code", all: padded(codes)}
		q, args = q+" AND x.category IN (SELECT c.id FROM category c WHERE "+v.sql()+")", append(args, v.all...)
	}
	return tx.each(ctx, func(r scanner) error {
		fact, at := campaign.Fact{Kind: w.kind}, inspect.Time(0)
		if err := r.Scan((*uid)(&fact.ID), &fact.Label, (*uid)(&fact.Area), (*uid)(&fact.Unit), &at, (*string)(&fact.Day), &fact.Amount); err != nil {
			return err
		}
		return f(fact, at)
	}, q+" ORDER BY x.id", args...)
}
