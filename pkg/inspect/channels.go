package inspect

// Urgency is how soon somebody has to know.
type Urgency string

// The urgencies.
const (
	Low    Urgency = "low"    // good to know
	Normal Urgency = "normal" // something is to be done
	Urgent Urgency = "urgent" // 紧急: at once, by night as well
)

// Urgencies are all of them, mildest first.
var Urgencies = []Urgency{Low, Normal, Urgent}

// Channel is a way on which a message goes.
type Channel string

// The channels.
const (
	Inbox    Channel = "inbox" // in the program itself: always, and at once
	Email    Channel = "email"
	Push     Channel = "push" // web push of a browser
	SMS      Channel = "sms"
	WeCom    Channel = "wecom"    // 企业微信 robot
	DingTalk Channel = "dingtalk" // 钉钉 robot
	Feishu   Channel = "feishu"   // 飞书 robot
	Webhook  Channel = "webhook"  // to a program, not to a person
)

// Channels are all of them.
var Channels = []Channel{Inbox, Email, Push, SMS, WeCom, DingTalk, Feishu, Webhook}

// Robot says whether a channel posts into a group chat.
func (c Channel) Robot() bool { return c == WeCom || c == DingTalk || c == Feishu }

// Selectable says whether a person can choose the channel.
func (c Channel) Selectable() bool { return c != Inbox && c != Webhook }

// SupportsDigest says whether what is not urgent goes as a digest on this channel.
func (c Channel) SupportsDigest() bool { return c == Email || c.Robot() }

// MessageState is what became of a message.
type MessageState string

// The states of a message.
const (
	Queued MessageState = "queued" // it waits for its time, or for another attempt
	Sent   MessageState = "sent"   // the other side has taken it
	Failed MessageState = "failed" // given up; the message says why
	Read   MessageState = "read"   // opened in the inbox
)

// MessageStates are all of them.
var MessageStates = []MessageState{Queued, Sent, Failed, Read}

// Language is what messages are written in.
type Language string

// The languages.
const (
	Chinese Language = "zh"
	English Language = "en"
)

// Languages are all of them.
var Languages = []Language{Chinese, English}

// UnmarshalText reads an urgency and refuses all else.
func (u *Urgency) UnmarshalText(text []byte) (err error) {
	*u, err = OneOf(*u, text, Urgencies)
	return
}

// UnmarshalText reads a channel and refuses all else.
func (c *Channel) UnmarshalText(text []byte) (err error) { *c, err = OneOf(*c, text, Channels); return }

// UnmarshalText reads a state and refuses all else.
func (s *MessageState) UnmarshalText(text []byte) (err error) {
	*s, err = OneOf(*s, text, MessageStates)
	return
}

// UnmarshalText reads a language and refuses all else.
func (l *Language) UnmarshalText(text []byte) (err error) {
	*l, err = OneOf(*l, text, Languages)
	return
}
