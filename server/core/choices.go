package core

import "spotcheck/pkg/inspect"

// usualRules are the channels of who has not chosen: what costs money only when it is urgent.
var usualRules = map[inspect.Urgency][]inspect.Channel{
	inspect.Low:    {inspect.Email},
	inspect.Normal: {inspect.Email, inspect.Push, inspect.WeCom, inspect.DingTalk, inspect.Feishu},
	inspect.Urgent: {inspect.Email, inspect.Push, inspect.SMS, inspect.WeCom, inspect.DingTalk, inspect.Feishu},
}

// Quiet hours of who has not chosen, in minutes since midnight.
const (
	quietFrom = 22 * 60
	quietTo   = 7 * 60
)
