package demo

import (
	"context"
	"time"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// What units ask for, and what presses them: how often.
const (
	extensions = .09 // of what has hours
	holds      = .025
	granted    = .7
	noticed    = .35 // of mud, sites and dirty spots
	signed     = .75
	pressed    = .7 // of what is overdue and not done
	replied    = .6
	appeals    = .25 // of what is overdue
	reworks    = .3  // of what failed
	exposed    = .2  // of what was verified
)

// askable is the shortest limit within which there is time to ask for anything.
const askable = 3 * time.Hour

// mayNotice writes to the unit about what needs more than a broom.
func (s *story) mayNotice(ctx context.Context) error {
	switch s.category.Group {
	case "road_mud", "construction", "dirty_spot":
	default:
		return nil
	}
	if s.limit < askable || !chance(s.rng, noticed) {
		return nil
	}
	return s.notice(ctx, inspect.RectifyNotice, pick(s.rng, notes[s.category.Group]), "立即清理并落实保洁责任，整改后上传同角度照片。", s.assigned.Add(s.limit))
}

// asks is a step in which the unit asks for something before it works on, ok if it does.
func (s *story) asks(work *step) (*step, bool) {
	if s.limit < askable || s.rework > 0 {
		return nil, false
	}
	at := s.assigned.Add(s.limit / 4)
	if at <= s.now() {
		return nil, false
	}
	switch {
	case chance(s.rng, extensions):
		return s.then(at, func(ctx context.Context) (*step, error) { return s.askExtension(ctx, work) }), true
	case chance(s.rng, holds):
		return s.then(at, func(ctx context.Context) (*step, error) { return s.askHold(ctx, work) }), true
	}
	return nil, false
}

// tries does what the state of the issue may refuse by now, since a storm, a merge or an extension came between.
func (s *story) tries(ctx context.Context, who *inspect.Actor, action inspect.Action, a ask) (ok bool, err error) {
	err = s.act(ctx, who, action, a)
	if kind := fault.KindOf(err); kind == fault.Conflict || kind == fault.Invalid {
		return false, nil
	}
	return err == nil, err
}

func (s *story) askExtension(ctx context.Context, work *step) (*step, error) {
	crew := s.city.contacts[s.unit.ID]
	if ok, err := s.tries(ctx, crew, inspect.AskExtension, ask{reason: pick(s.rng, extensionReasons), until: s.due.Add(s.limit / 2)}); !ok {
		return work, err
	}
	return s.atDesk(s.limit/8, func(ctx context.Context) (*step, error) {
		answer := inspect.Refused
		if chance(s.rng, granted) {
			answer = inspect.Granted
		}
		return work, s.act(ctx, s.clerk(), inspect.DecideExtension, ask{answer: answer, reason: pick(s.rng, decisions[answer])})
	}), nil
}

// askHold is for what cannot be done now. What is held stays so to the end of the story.
func (s *story) askHold(ctx context.Context, work *step) (*step, error) {
	crew := s.city.contacts[s.unit.ID]
	if ok, err := s.tries(ctx, crew, inspect.AskHold, ask{reason: pick(s.rng, holdReasons), until: s.now().Add(90 * 24 * time.Hour)}); !ok {
		return work, err
	}
	return s.atDesk(s.limit/8, func(ctx context.Context) (*step, error) {
		if chance(s.rng, granted) {
			return nil, s.act(ctx, s.clerk(), inspect.DecideHold, ask{answer: inspect.Granted, reason: pick(s.rng, decisions[inspect.Granted])})
		}
		return work, s.act(ctx, s.clerk(), inspect.DecideHold, ask{answer: inspect.Refused, reason: pick(s.rng, decisions[inspect.Refused])})
	}), nil
}

// press is what follows where nothing was done by the deadline.
func (s *story) press(ctx context.Context) (*step, error) {
	who, kind := s.clerk(), inspect.LetterKind("overdue")
	if chance(s.rng, .2) {
		who, kind = s.city.leader, "leader"
	}
	letter := idAt(s.now(), s.rng)
	if ok, err := s.tries(ctx, who, inspect.Supervise, ask{id: letter, kind: kind, reason: "已超期未处置，请立即整改并书面回复原因。", until: s.now().Add(24 * time.Hour)}); !ok {
		return nil, err
	}
	if !chance(s.rng, replied) {
		return nil, nil
	}
	return s.after(minutes(s.rng, 60, 2000), func(ctx context.Context) (*step, error) {
		return nil, s.act(ctx, s.city.contacts[s.unit.ID], inspect.Reply, ask{letter: letter, note: pick(s.rng, replies)})
	}), nil
}

// contest has the unit appeal against a mark; somebody else in the office decides, now and then nobody yet.
func (s *story) contest(about inspect.AppealSubject) {
	s.push(s.after(minutes(s.rng, 30, 600), func(ctx context.Context) (*step, error) {
		if ok, err := s.tries(ctx, s.city.contacts[s.unit.ID], inspect.AskAppeal, ask{about: about, reason: pick(s.rng, appealReasons)}); !ok {
			return nil, err
		}
		if chance(s.rng, .3) {
			return nil, nil
		}
		return s.atDesk(minutes(s.rng, 60, 900), func(ctx context.Context) (*step, error) {
			a := ask{about: about, answer: inspect.Refused}
			if about == inspect.AppealRework && chance(s.rng, .4) {
				a.answer = inspect.Granted
			}
			a.reason = pick(s.rng, decisions[a.answer])
			_, err := s.tries(ctx, s.city.clerks["office2"], inspect.DecideAppeal, a)
			return nil, err
		}), nil
	}))
}

// expose proposes the photos before and after for the public page, with a mask over what could be a plate; a second person releases them,
// some still wait. What came back and was verified again is not proposed twice.
func (s *story) expose() {
	if !s.photos || s.public || !chance(s.rng, exposed) {
		return
	}
	s.public = true
	s.push(s.atDesk(24*time.Hour, func(ctx context.Context) (*step, error) {
		for _, id := range []inspect.ID{s.reported, s.fixed} {
			e, _, err := s.core.Publicity.ProposeExposure(ctx, s.city.clerks["office1"], s.id, id, []inspect.Mask{{X: 40, Y: 520, W: 120, H: 60}},
				s.street.Name+"整改前后对比")
			if err != nil {
				return nil, err
			}
			if chance(s.rng, .25) {
				continue
			}
			if _, _, err := s.core.Publicity.DecideExposure(ctx, s.city.clerks["office2"], s.id, id, inspect.ReleaseExposure, e.SHA256, ""); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}))
}
