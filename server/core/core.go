// Package core makes the office: one service for each room of it, with what each needs of the others. The rooms know neither HTTP nor
// SQL: they check, order the work, and leave durability to store and blob.
package core

import (
	"crypto/rand"
	"log/slog"
	"maps"
	"slices"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/pkg/photo"
	"spotcheck/pkg/signedlog"
	"spotcheck/pkg/table"
	"spotcheck/server/blob"
	"spotcheck/server/core/archive"
	"spotcheck/server/core/assessments"
	"spotcheck/server/core/audit"
	"spotcheck/server/core/campaigns"
	"spotcheck/server/core/city"
	"spotcheck/server/core/duties"
	"spotcheck/server/core/figures"
	"spotcheck/server/core/inspections"
	"spotcheck/server/core/intake"
	"spotcheck/server/core/issues"
	"spotcheck/server/core/ledger"
	"spotcheck/server/core/messages"
	"spotcheck/server/core/notices"
	"spotcheck/server/core/people"
	"spotcheck/server/core/photos"
	"spotcheck/server/core/places"
	"spotcheck/server/core/publicity"
	"spotcheck/server/core/reports"
	"spotcheck/server/core/rounds"
	"spotcheck/server/core/todo"
	"spotcheck/server/core/workflow"
	"spotcheck/server/notify"
	"spotcheck/server/secret"
	"spotcheck/server/store"
)

// Options are what the office is made of.
type Options struct {
	Store  *store.Store
	Blobs  blob.Store
	Zone   *time.Location // of the city
	Now    func() time.Time
	Log    *slog.Logger
	Tables table.Reader          // of tables that people send
	Decode photo.Decoder         // outside this process
	Gate   *photo.PixelSemaphore // bounds what is decoded at once

	Secrets   secret.Box             // for what has to be read back
	Outside   *notify.OutboundClient // the door to other machines
	PublicURL string                 // of the server, empty where nobody knows it
	Collector *notify.Syslog         // of the security log, nil for none
	OnePerson bool                   // the first account of an empty city does all
	LogKeys   signedlog.Keys         // of the growing log

	Disks   []city.Disk // that are looked at, the one of uploads first
	MinFree int64       // of each, below which photos are refused

	PasswordMemory uint32        // KiB that a new password hash takes; people.ArgonMemory when 0
	NewSeed        func() string // draws the seed of a draw; random when nil
}

// Core is the office at work on one database and one blob store.
type Core struct {
	Options
	Notifier issues.Notifier // tells streams that there are new events

	City        *city.Service
	Ledger      *ledger.Service
	Issues      *issues.Service
	People      *people.Service
	Places      *places.Service
	Duties      *duties.Service
	Messages    *messages.Service
	Photos      *photos.Service
	Figures     *figures.Service
	Publicity   *publicity.Service
	Workflow    *workflow.Service
	Notices     *notices.Service
	Intake      *intake.Service
	Reports     *reports.Service
	Inspections *inspections.Service
	Rounds      *rounds.Service
	Archive     *archive.Service
	Campaigns   *campaigns.Service
	Assessments *assessments.Service
	Todo        *todo.Service
	Audit       *audit.Service
}

// New makes the rooms, from the ground up, and tells those below what those above want to follow.
func New(o Options) *Core {
	if o.PasswordMemory == 0 {
		o.PasswordMemory = people.ArgonMemory
	}
	if o.Tables == nil {
		o.Tables = table.Read
	}
	if o.NewSeed == nil {
		o.NewSeed = rand.Text
	}
	c := &Core{Options: o}
	c.City = city.New(city.Needs{Store: o.Store, Zone: o.Zone, Settings: settings(), Tables: o.Tables})
	c.Ledger = ledger.New(ledger.Needs{Store: o.Store, Blobs: o.Blobs, Zone: o.Zone, Now: o.Now, Keys: o.LogKeys})
	c.Issues = issues.New(issues.Needs{Store: o.Store, Zone: o.Zone, Secrets: o.Secrets, City: c.City})
	c.People = people.New(people.Needs{Store: o.Store, Now: o.Now, PasswordMemory: o.PasswordMemory})
	c.Places = places.New(places.Needs{Store: o.Store, Zone: o.Zone, Now: o.Now, City: c.City, Tables: o.Tables})
	c.Duties = duties.New(duties.Needs{Store: o.Store, Zone: o.Zone, City: c.City, Issues: c.Issues, Places: c.Places})
	c.Messages = messages.New(messages.Needs{Store: o.Store, Zone: o.Zone, Now: o.Now, Secrets: o.Secrets, Outside: o.Outside,
		PublicURL: o.PublicURL, Wordings: wordings(), Events: WebhookEvents(), City: c.City,
		Collector: o.Collector})
	c.Photos = photos.New(photos.Needs{Store: o.Store, Blobs: o.Blobs, Zone: o.Zone, Now: o.Now, Decode: o.Decode, Gate: o.Gate,
		Disks: o.Disks, MinFree: o.MinFree, Issues: c.Issues})
	c.Figures = figures.New(figures.Needs{Store: o.Store, Zone: o.Zone, City: c.City})
	c.Publicity = publicity.New(publicity.Needs{Store: o.Store, Blobs: o.Blobs, Messages: c.Messages, Photos: c.Photos})
	c.Workflow = workflow.New(workflow.Needs{Store: o.Store, Zone: o.Zone, NewSeed: o.NewSeed, City: c.City, Issues: c.Issues,
		Places: c.Places, Duties: c.Duties, Messages: c.Messages, Figures: c.Figures})
	c.Notices = notices.New(notices.Needs{Store: o.Store, Blobs: o.Blobs, Zone: o.Zone, Gate: o.Gate, Issues: c.Issues,
		Messages: c.Messages})
	c.Intake = intake.New(intake.Needs{Store: o.Store, Zone: o.Zone, Now: o.Now, Log: o.Log, Secrets: o.Secrets, City: c.City,
		Issues: c.Issues, People: c.People, Places: c.Places, Messages: c.Messages, Workflow: c.Workflow, Tables: o.Tables})
	c.Reports = reports.New(reports.Needs{Store: o.Store, Blobs: o.Blobs, Zone: o.Zone, City: c.City, Places: c.Places,
		Messages: c.Messages, Figures: c.Figures, Notices: c.Notices, Issues: c.Issues})
	c.Inspections = inspections.New(inspections.Needs{Store: o.Store, Zone: o.Zone, NewSalt: rand.Text, Tables: o.Tables, City: c.City,
		Messages: c.Messages, Workflow: c.Workflow})
	c.Rounds = rounds.New(rounds.Needs{Store: o.Store, Zone: o.Zone, City: c.City})
	c.Archive = archive.New(archive.Needs{Store: o.Store, Blobs: o.Blobs, Zone: o.Zone, Tables: o.Tables, City: c.City, Ledger: c.Ledger, Issues: c.Issues,
		Places: c.Places, Photos: c.Photos, Reports: c.Reports})
	c.Campaigns = campaigns.New(campaigns.Needs{Store: o.Store, Blobs: o.Blobs, Zone: o.Zone, NewCode: rand.Text, City: c.City, Photos: c.Photos})
	c.Assessments = assessments.New(assessments.Needs{Store: o.Store, Zone: o.Zone, Figures: c.Figures})
	c.Todo = todo.New(todo.Needs{Store: o.Store, Zone: o.Zone, Duties: c.Duties, Notices: c.Notices, Intake: c.Intake, Reports: c.Reports,
		Inspections: c.Inspections})
	c.Audit = audit.New(audit.Needs{Store: o.Store, Blobs: o.Blobs, Zone: o.Zone, Now: o.Now, City: c.City, Ledger: c.Ledger, LogKeys: o.LogKeys})

	c.Issues.Follow(issues.Followers{Before: c.Duties.ScheduleAlerts, View: c.Duties.Propose, Page: c.Duties.FindResponsible})
	c.Issues.Follow(issues.Followers{Page: c.Places.NearSpotsOf})
	c.Issues.Follow(issues.Followers{After: c.Figures.FollowFigures})
	c.Issues.Follow(issues.Followers{After: c.Messages.TellOfEvent})
	c.People.TellBy(c.Messages.TellOfAccount)
	return c
}

// settings are those of every room.
func settings() []city.AnySetting {
	return slices.Concat(city.Settings, people.Settings, issues.Settings, places.Settings, duties.Settings, messages.Settings, figures.Settings,
		publicity.Settings, workflow.Settings, notices.Settings, reports.Settings)
}

// WebhookEvents are the types of event of every room that webhooks can be told of.
func WebhookEvents() []string {
	return slices.Concat(inspect.IssueEventTypes(), notices.Events, reports.Events, []string{inspect.SecurityLogged})
}

// wordings are the titles of messages of every room.
func wordings() messages.Wordings {
	all := messages.Wordings{}
	for _, some := range []messages.Wordings{messages.IssueWordings, messages.AccountWordings, publicity.Wordings, workflow.Wordings, notices.Wordings,
		intake.Wordings, reports.Wordings, inspections.Wordings} {
		maps.Copy(all, some)
	}
	return all
}

// Clock is the moment of this machine; everything else is given it.
func Clock() time.Time { return time.Now() }
