package inspect

// LogKind is what a line of the security log tells of.
type LogKind string

// The kinds of line in the security log.
const (
	LogLogin           LogKind = "login"
	LogRefused         LogKind = "login.refused"
	LogLimited         LogKind = "login.limited"
	LogLogout          LogKind = "logout"
	LogSessionsEnded   LogKind = "sessions.ended"        // of somebody else
	LogSessionRefused  LogKind = "session.refused"       // a request without a session that is good
	LogAccessRefused   LogKind = "access.refused"        // a request that its person may not make
	LogPassword        LogKind = "password.changed"      // one's own, or somebody else's
	LogPasswordRefused LogKind = "password.refused"      // of who is logged in: for a change of it, or before what is dangerous
	LogAuthenticated   LogKind = "session.authenticated" // who is logged in gave their password again
	LogRoles           LogKind = "roles.changed"
	LogPerson          LogKind = "person.changed"
	LogEnrolment       LogKind = "enrolment.made"
	LogEnrolmentUsed   LogKind = "enrolment.used"
	LogKeyGiven        LogKind = "key.given" // that seals what a device keeps
	LogLink            LogKind = "link.made"
	LogLinkUsed        LogKind = "link.used"
	LogLinkEnded       LogKind = "link.ended"
	LogSetting         LogKind = "setting.changed"
	LogWebhook         LogKind = "webhook.changed"
	LogWebhookSecret   LogKind = "webhook.rotated"
	LogWebhookRemoved  LogKind = "webhook.removed"
	LogWebhookGone     LogKind = "webhook.gone" // its other side said that it is
	LogGateway         LogKind = "gateway.changed"
	LogExport          LogKind = "export"
	LogCallerSeen      LogKind = "caller.seen"
	LogErased          LogKind = "erased"
	LogAudit           LogKind = "audit.asked"
)

// LogKinds are all of them.
var LogKinds = []LogKind{LogLogin, LogRefused, LogLimited, LogLogout, LogSessionsEnded, LogSessionRefused, LogAccessRefused, LogPassword,
	LogPasswordRefused, LogAuthenticated, LogRoles, LogPerson, LogEnrolment, LogEnrolmentUsed, LogKeyGiven, LogLink, LogLinkUsed, LogLinkEnded, LogSetting,
	LogWebhook, LogWebhookSecret, LogWebhookRemoved, LogWebhookGone, LogGateway, LogExport, LogCallerSeen, LogErased, LogAudit}

// Refusal says whether a line tells of somebody who was turned away: such lines are counted by the minute.
func (k LogKind) Refusal() bool {
	switch k {
	case LogRefused, LogLimited, LogSessionRefused, LogAccessRefused, LogPasswordRefused:
		return true
	}
	return false
}

// UnmarshalText reads a kind and refuses all else.
func (k *LogKind) UnmarshalText(text []byte) (err error) { *k, err = OneOf(*k, text, LogKinds); return }

// What somebody is told of their own account: what somebody else did to it.
const (
	AccountRoles    = "account.roles"
	AccountCode     = "account.code"
	AccountPassword = "account.password"
)

// SecurityLogged is the event by which webhooks are told of a line of the security log.
const SecurityLogged = "security.logged"

// LogChange is what a line of the security log says was changed: a field, what it held, and what it holds now. Nothing secret stands in it.
type LogChange struct {
	Field string `json:"field"`
	From  any    `json:"from,omitempty"`
	To    any    `json:"to,omitempty"`
}
