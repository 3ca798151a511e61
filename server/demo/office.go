package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/inspections"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/reports"
)

// office is the work that belongs to no single issue: plans, returns, the weekly report, a storm.
type office struct {
	*teller
	rng  *rand.Rand
	form inspect.ReturnForm
}

// noIssue orders the office's steps before those of issues at one moment.
const noIssue = -1

// open begins the office's work: what is planned at the start, and a step for each week and for the storm.
func (t *teller) openOffice(ctx context.Context, from time.Time) error {
	o := &office{teller: t, rng: rand.New(rand.NewPCG(t.city.seed, 1<<40))}
	if err := o.plan(ctx, from); err != nil {
		return err
	}
	if err := o.openCampaign(ctx, from); err != nil {
		return err
	}
	if err := o.assess(ctx, from); err != nil {
		return err
	}
	if err := o.askReturns(ctx, from); err != nil {
		return err
	}
	for week := range Weeks {
		monday := from.AddDate(0, 0, 7*(week+1))
		monday = monday.AddDate(0, 0, -(int(monday.Weekday())+6)%7)
		before := monday.AddDate(0, 0, -7)
		name := weekName(before)
		if !before.Before(from) { // nobody asked for a week of which some days were over
			t.later(monday.Add(9*time.Hour), func(ctx context.Context) error { return o.sendReturns(ctx, name) })
		}
		t.later(monday.Add(9*time.Hour+30*time.Minute), func(ctx context.Context) error { return o.publish(ctx, name) })
	}
	t.later(from.AddDate(0, 0, 7*Weeks/2).Add(13*time.Hour), o.storm)
	t.later(t.end.UTC().AddDate(0, 0, -patrolDays).Add(time.Hour), o.patrol)
	t.later(t.end.UTC().AddDate(0, 0, -5).Add(10*time.Hour), o.drawMarkets)
	t.later(t.end.UTC().AddDate(0, 0, -4).Add(11*time.Hour), o.visitMarkets)
	t.later(t.end.UTC().AddDate(0, 0, -3).Add(10*time.Hour), o.contestVisit)
	t.later(t.end.UTC().AddDate(0, 0, -4).Add(9*time.Hour), o.keepArchive)
	return nil
}

// weekName is the week of a day as periods are written.
func weekName(day time.Time) string {
	year, week := day.ISOWeek()
	return fmt.Sprintf("%d-W%02d", year, week)
}

// later is a step of the office at a moment.
func (t *teller) later(at time.Time, do func(context.Context) error) {
	t.push(&step{at: inspect.At(at), issue: noIssue, do: func(ctx context.Context) (*step, error) { return nil, do(ctx) }})
}

// plans are the tasks of the year's plan, from their first day in weeks of the story, how long they last, and how they went.
var plans = []struct {
	title       string
	unit        string // suffix of the name, in each district by turns
	from, weeks int
	done        int // weeks until it was done, 0 for not yet
	budget      int64
}{
	{"背街小巷环境整治二十条", "城管局", 0, 6, 5, 36_000_000},
	{"公厕提升改造十座", "环卫局", 0, 7, 0, 120_000_000},
	{"建筑工地出入口冲洗设施全覆盖", "住建局", 0, 5, 7, 18_500_000},
	{"农贸市场周边积存垃圾清零", "清禾保洁", 1, 4, 4, 6_200_000},
	{"牛皮癣专项清理", "城管局", 2, 9, 0, 4_800_000},
	{"果皮箱更换三百个", "环卫局", 1, 5, 0, 22_000_000},
	{"主干道机扫率提升至九成", "清禾保洁", 3, 12, 0, 9_600_000},
	{"裸土覆盖与扬尘治理", "住建局", 4, 3, 3, 15_000_000},
}

func (o *office) plan(ctx context.Context, from time.Time) error {
	zone, districts := o.core.Zone, o.city.districts()
	day := func(week int) inspect.Date { return inspect.DateOf(inspect.At(from.AddDate(0, 0, 7*week)), zone) }
	for n, p := range plans {
		task := inspect.PlanTask{ID: o.city.id("plan", p.title), Year: from.Year(), Unit: o.city.units[districts[n%len(districts)]+p.unit].ID, Title: p.title,
			Planned: inspect.Span{From: day(p.from), To: day(p.from + p.weeks)}, BudgetFen: p.budget, Enabled: true,
			Milestones: []inspect.Milestone{{Title: "摸底排查", Due: day(p.from + 1)}, {Title: "完成过半", Due: day(p.from + p.weeks/2 + 1)}}}
		if _, _, _, err := o.core.Workflow.PutPlanTask(ctx, o.city.clerks["office1"], task); err != nil {
			return err
		}
		o.later(from.AddDate(0, 0, 7*p.from+3), func(ctx context.Context) error {
			task.Actual.From, task.Milestones[0].Done = o.today(), o.today()
			return o.progress(ctx, task)
		})
		if p.done > 0 {
			o.later(from.AddDate(0, 0, 7*(p.from+p.done)-1), func(ctx context.Context) error {
				task.Actual.To, task.Milestones[1].Done = o.today(), o.today()
				return o.progress(ctx, task)
			})
		}
	}
	return nil
}

func (t *teller) today() inspect.Date { return inspect.DateOf(t.now(), t.core.Zone) }

// progress tells what the unit of a task has done.
func (o *office) progress(ctx context.Context, task inspect.PlanTask) error {
	_, _, _, err := o.core.Workflow.PutPlanTask(ctx, o.city.contacts[task.Unit], task)
	return err
}

// askReturns asks the districts for their numbers of every week.
func (o *office) askReturns(ctx context.Context, from time.Time) (err error) {
	f := inspect.ReturnForm{ID: o.city.id("return form", "weekly"), Name: "环境卫生整治周报表", Every: "week", Minute: 12 * 60, Enabled: true,
		Lines: []string{"出动人次", "出动车次", "清运垃圾（吨）", "清理卫生死角（处）", "清除小广告（处）"}, From: inspect.DateOf(inspect.At(from), o.core.Zone)}
	for _, d := range o.city.districts() {
		f.Units = append(f.Units, o.city.units[d].ID)
	}
	o.form, _, _, err = o.core.Reports.PutReturnForm(ctx, o.city.clerks["office1"], f)
	return err
}

// sendReturns has the districts send their numbers of a week: most of them at once, one late, the last one forgets now and then.
func (o *office) sendReturns(ctx context.Context, week string) error {
	for n, unit := range o.form.Units {
		send := func(ctx context.Context) error {
			v := inspect.ReturnSubmission{ID: idAt(o.now(), o.rng), Form: o.form.ID, Unit: unit, Period: week}
			for _, most := range []float64{620, 90, 340, 75, 410} {
				v.Hundredths = append(v.Hundredths, 100*int64(between(o.rng, most/2, most)))
			}
			_, _, err := o.core.Reports.SendReturn(ctx, o.city.contacts[unit], v)
			return err
		}
		switch {
		case n == len(o.form.Units)-1 && chance(o.rng, .5):
		case n > 0 && chance(o.rng, .2):
			o.later(o.clock.Now().Add(30*time.Hour), send)
		default:
			if err := send(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// publish drafts the report and the bulletin of a week; a second person checks them and the leader issues them within the day. Of the last
// week the bulletin is still to be checked, the report to be issued.
func (o *office) publish(ctx context.Context, week string) error {
	for _, genre := range []reports.Genre{reports.ClosureReport, reports.Bulletin} {
		id := idAt(o.now(), o.rng)
		draft, _, err := o.core.Reports.DraftReport(ctx, o.city.clerks["office1"], id,
			reports.Request{Period: week, Genre: genre, Scope: figures.Scope{Kind: inspect.City}, Language: inspect.Chinese})
		if err != nil {
			return fmt.Errorf("draft of %s: %w", week, err)
		}
		last, revision := o.clock.Now().AddDate(0, 0, 7).After(o.end.UTC()), draft.Revision
		if last && genre == reports.Bulletin {
			continue
		}
		o.later(o.clock.Now().Add(90*time.Minute), func(ctx context.Context) error {
			p, err := o.core.Reports.CheckReport(ctx, o.city.clerks["office2"], id, revision)
			revision = p.Revision
			return err
		})
		if last {
			continue
		}
		o.later(o.clock.Now().Add(5*time.Hour), func(ctx context.Context) error {
			_, err := o.core.Reports.IssueReport(ctx, o.city.leader, id, revision)
			return err
		})
	}
	return nil
}

// storm stops the clocks of litter and dirty spots of a district for an afternoon and a night.
func (o *office) storm(ctx context.Context) error {
	d := o.city.districts()[0]
	v, _, _, err := o.core.Duties.PutSuspension(ctx, o.city.clerks["office1"], inspect.Suspension{ID: o.city.id("suspension", "storm"), Area: o.city.id("area", d),
		From: o.now(), To: o.now().Add(18 * time.Hour), Reason: "台风蓝色预警，户外作业暂停"})
	if err != nil {
		return err
	}
	return o.core.Duties.Suspend(ctx, duties.SuspendClocks{Suspension: v.ID.String()})
}

// drawMarkets draws markets by lot, with two inspectors for each, and replaces one that is closed for repairs.
func (o *office) drawMarkets(ctx context.Context) error {
	var pool []inspect.ID
	for _, d := range o.city.districts() {
		for _, p := range o.city.inspectors[d] {
			pool = append(pool, p.ID)
		}
	}
	id, office := o.city.id("draw", "markets"), o.city.clerks["office1"]
	if _, _, err := o.core.Inspections.FreezeDraw(ctx, office, inspections.DrawRequest{ID: id, Purpose: "农贸市场周边环境抽查", Kind: "market", ByArea: true, Count: 5, Each: 2,
		Pool: pool}); err != nil {
		return err
	}
	drawn, _, err := o.core.Inspections.ExecuteDraw(ctx, office, id)
	if err != nil {
		return err
	}
	closed, err := inspect.ParseID(drawn.Picks[1].Target)
	if err != nil {
		return err
	}
	_, _, err = o.core.Inspections.ReplaceDrawn(ctx, office, id, closed, "市场停业改造")
	return err
}

// notice issues a paper about an issue to its unit, which signs for it within the day as a rule.
func (s *story) notice(ctx context.Context, kind inspect.PaperKind, reason, demand string, due inspect.Time) error {
	id := idAt(s.now(), s.rng)
	content, err := json.Marshal(map[string]any{"demo": id})
	if err != nil {
		return err
	}
	if _, _, err := s.core.Notices.IssuePaper(ctx, s.clerk(), notices.PaperRequest{ID: id, Kind: kind, Issues: []inspect.ID{s.id}, Content: content,
		PaperTexts: notices.PaperTexts{CopyTo: []string{s.street.Name + "办事处"}, Reason: reason, Demand: demand, DueAt: due,
			Basis: "《城市市容和环境卫生管理条例》", Consequence: "逾期未整改的，依法处理并在周通报中点名。", Signer: "市双创办"}}); err != nil {
		return err
	}
	if err := s.core.Notices.MakePaper(ctx, notices.MakePaper{Paper: id.String()}); err != nil {
		return err
	}
	if !chance(s.rng, signed) {
		return nil
	}
	contact := s.city.contacts[s.unit.ID]
	s.push(s.after(minutes(s.rng, 20, 600), func(ctx context.Context) (*step, error) {
		_, _, err := s.core.Notices.SignPaper(ctx, contact, notices.ReceiptRequest{Paper: id, Name: contact.DisplayName, SignedAt: s.now(), Content: content})
		return nil, err
	}))
	return nil
}
