package messages

import (
	"context"
	"encoding/json"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/server/notify"
	"spotcheck/server/store"
)

// CollectorQueue is where the security log is told to others, one job at a time.
const CollectorQueue = "log"

// TellLog asks for others to be told of new lines of the security log.
type TellLog struct{}

// Kind names the job.
func (TellLog) Kind() string { return "log.tell" }

// Queue says where the job waits.
func (TellLog) Queue() string { return CollectorQueue }

// logData is a line of the security log as programs are told of it. People stand in it by their ids alone.
type logData struct {
	ID      int64               `json:"id"`
	At      inspect.Time        `json:"at"`
	Kind    inspect.LogKind     `json:"kind"`
	Person  inspect.ID          `json:"person,omitzero"`
	Address string              `json:"address,omitempty"`
	About   inspect.ID          `json:"about,omitzero"`
	Detail  string              `json:"detail,omitempty"`
	Changes []inspect.LogChange `json:"changes,omitempty"`
	Times   int                 `json:"times"`
}

// TellLog tells webhooks and the collector of lines of the security log that they do not know yet. What was on its way when something failed is told
// again: a line is known by its id.
func (svc *Service) TellLog(ctx context.Context) error {
	for {
		var lines []store.LogEntry
		err := svc.store.Read(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
			lines, err = tx.UnsentLog(ctx, tellBatch)
			return err
		})
		if err != nil || len(lines) == 0 {
			return err
		}
		if err := svc.collect(ctx, lines); err != nil {
			return err
		}
		if err := svc.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			if err := svc.logToWebhooks(ctx, tx, lines); err != nil {
				return err
			}
			return tx.MarkLogSent(ctx, lines)
		}); err != nil || len(lines) < tellBatch {
			return err
		}
	}
}

// collect sends lines to the collector, where there is one.
func (svc *Service) collect(ctx context.Context, lines []store.LogEntry) error {
	if svc.collector == nil {
		return nil
	}
	var all []notify.SyslogMessage
	for n := range lines {
		l := &lines[n]
		m := notify.SyslogMessage{At: l.At.UTC(), ID: string(l.Kind), Severity: notify.SyslogNotice, Fields: [][2]string{
			{"id", fmt.Sprint(l.ID)}, {"person", idText(l.Person)}, {"address", l.Address}, {"about", idText(l.About)}, {"times", fmt.Sprint(l.Times)}}, Text: l.Detail}
		if l.Kind.Refusal() {
			m.Severity = notify.SyslogWarning
		}
		if len(l.Changes) > 0 {
			changes, err := json.Marshal(l.Changes)
			if err != nil {
				return err
			}
			m.Fields = append(m.Fields, [2]string{"changes", string(changes)})
		}
		all = append(all, m)
	}
	return svc.collector.Send(ctx, all)
}

func idText(id inspect.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// logToWebhooks tells webhooks that want to know.
func (svc *Service) logToWebhooks(ctx context.Context, tx *store.Tx, lines []store.LogEntry) error {
	if hooks, err := wantedByWebhook(ctx, tx, inspect.SecurityLogged); err != nil || !hooks {
		return err
	}
	var all []Notification
	for n := range lines {
		l := &lines[n]
		all = append(all, Notification{NotificationEvent: store.NotificationEvent{Ref: fmt.Sprintf("log/%d/%d", l.ID, l.Times),
			Type: inspect.SecurityLogged, At: tx.Now, Data: logData{l.ID, l.At, l.Kind, l.Person, l.Address, l.About, l.Detail, l.Changes, l.Times}}})
	}
	return svc.TellSome(ctx, tx, all)
}
