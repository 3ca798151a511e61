package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo/phototest"
	"spotcheck/server/core"
	"spotcheck/server/core/people"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/workflow"
	"spotcheck/server/store"
)

// papersCity is one unit with all of its issues.
type papersCity struct {
	core         *core.Core
	office, crew *inspect.Actor
	unit         inspect.Unit
	token, url   string
	scenes       [][]byte
}

const password = "measured-by-night-7"

// found makes the people and the unit, and draws what the photos show: 20 different pictures as large as what is displayed.
func (v *papersCity) found(ctx context.Context) error {
	if _, err := v.core.Start(ctx); err != nil {
		return err
	}
	all := inspect.Scope{Kind: inspect.City}
	admin := &inspect.Actor{ID: inspect.NewID(), Grants: []inspect.Grant{{Role: inspect.Admin, Scope: all}}}
	v.unit = inspect.Unit{ID: inspect.NewID(), Name: "龙华区环境卫生管理局", Kind: "bureau", Enabled: true}
	v.office = &inspect.Actor{ID: inspect.NewID(), Grants: []inspect.Grant{{Role: inspect.Office, Scope: all}, {Role: inspect.Inspector, Scope: all}}}
	v.crew = &inspect.Actor{ID: inspect.NewID(), Grants: []inspect.Grant{{Role: inspect.UnitRole, Scope: inspect.Scope{Kind: inspect.UnitSubtree, ID: v.unit.ID}}}}
	if err := v.core.People.AddPeople(ctx, password, inspect.Person{ID: admin.ID, Name: "bench-admin", DisplayName: "Bench", Grants: admin.Grants}); err != nil {
		return err
	}
	if _, _, _, err := v.core.Places.PutUnit(ctx, admin, v.unit); err != nil {
		return err
	}
	if err := v.core.People.AddPeople(ctx, password, inspect.Person{ID: v.office.ID, Name: "bench-office", DisplayName: "Office", Grants: v.office.Grants},
		inspect.Person{ID: v.crew.ID, Name: "bench-crew", DisplayName: "Crew", Grants: v.crew.Grants}); err != nil {
		return err
	}
	in, err := v.core.People.LogIn(ctx, "bench-office", password, people.Client{Device: "bench", Address: "127.0.0.1"})
	v.token = in.Token
	for n := range 20 {
		v.scenes = append(v.scenes, phototest.JPEG(phototest.Scene(1600, 1200, uint64(n+1)), 85, nil))
	}
	return err
}

// fill reports issues, assigns and fixes them, each with a photo before and one after.
func (v *papersCity) fill(ctx context.Context, n int) error {
	for k := range n {
		if err := v.issue(ctx, k); err != nil {
			return fmt.Errorf("issue %d: %w", k+1, err)
		}
	}
	return nil
}

func (v *papersCity) issue(ctx context.Context, k int) error {
	now, id := inspect.At(time.Now()), inspect.NewID()
	before, after := v.photo(k, inspect.PhotoReport), v.photo(k+1, inspect.PhotoAfter)
	if _, err := v.core.Workflow.ReportIssue(ctx, v.office, workflow.NewIssue{ID: id, Category: "08012", Severity: "normal", Source: "patrol",
		Photos:     []inspect.Declaration{before},
		Texts:      inspect.Texts{Address: fmt.Sprintf("龙昆南路%d号门前（滨海街道）", k+1), Note: "渣土车驶出工地未冲洗，带泥上路约二十米，污染车行道及人行道。"},
		ReportedAt: now, SentAt: now, Content: []byte("{}")}); err != nil {
		return err
	}
	if err := v.send(ctx, v.office, id, before, k); err != nil {
		return err
	}
	ask := func(a *inspect.Actor, ask workflow.ActionRequest) error {
		ask.ID, ask.Issue, ask.DoneAt, ask.SentAt, ask.Content = inspect.NewID(), id, inspect.At(time.Now()), inspect.At(time.Now()), []byte("{}")
		_, err := v.core.Workflow.Act(ctx, a, ask)
		return err
	}
	if err := ask(v.office, workflow.ActionRequest{Action: inspect.Assign, Unit: v.unit.ID, DueAt: now.Add(48 * time.Hour)}); err != nil {
		return err
	}
	if _, err := v.core.Photos.DeclarePhotos(ctx, v.crew, id, []inspect.Declaration{after}, now, nil); err != nil {
		return err
	}
	if err := v.send(ctx, v.crew, id, after, k+1); err != nil {
		return err
	}
	return ask(v.crew, workflow.ActionRequest{Action: inspect.Fix, Photos: []inspect.ID{after.ID}})
}

func (v *papersCity) photo(k int, kind inspect.PhotoKind) inspect.Declaration {
	b := v.scenes[k%len(v.scenes)]
	sum := sha256.Sum256(b)
	return inspect.Declaration{ID: inspect.NewID(), SHA256: hex.EncodeToString(sum[:]), Bytes: int64(len(b)), Kind: kind, CaptureMethod: "camera",
		CapturedAt: inspect.At(time.Now())}
}

func (v *papersCity) send(ctx context.Context, a *inspect.Actor, issue inspect.ID, d inspect.Declaration, k int) error {
	_, err := v.core.Photos.AcceptPhoto(ctx, a, issue, d.ID,
		photos.Upload{Body: bytes.NewReader(v.scenes[k%len(v.scenes)]), Length: d.Bytes, SHA256: d.SHA256, SentAt: inspect.At(time.Now())})
	return err
}

// settled waits until all pictures are made.
func (v *papersCity) settled(ctx context.Context) error {
	v.scenes = nil
	for {
		waiting := 0
		if err := v.core.Store.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.EachPhoto(ctx, func(p *inspect.Photo) error {
				if p.Renditions == inspect.RenditionPending {
					waiting++
				}
				return nil
			})
		}); err != nil || waiting == 0 {
			return err
		}
		<-time.After(500 * time.Millisecond)
	}
}
