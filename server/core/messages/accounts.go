package messages

import (
	"context"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// AccountWordings are the titles of what somebody is told of their own account; {number} is who did it.
var AccountWordings = Wordings{
	inspect.AccountRoles: {inspect.Chinese: "您的账号角色已由 {number} 变更;如您不知情,请立即告知管理员",
		inspect.English: "{number} changed the roles of your account; tell an administrator at once if you know nothing of it"},
	inspect.AccountCode: {inspect.Chinese: "{number} 为您的账号生成了登录二维码;如您不知情,请立即告知管理员",
		inspect.English: "{number} made a code that logs in to your account; tell an administrator at once if you know nothing of it"},
	inspect.AccountPassword: {inspect.Chinese: "您的密码已由 {number} 重设;如您不知情,请立即告知管理员",
		inspect.English: "{number} set another password for your account; tell an administrator at once if you know nothing of it"},
}

// TellOfAccount tells somebody at once, on all channels that they have, what somebody else did to their account.
func (svc *Service) TellOfAccount(ctx context.Context, tx *store.Tx, event string, person inspect.ID, by *inspect.Actor) error {
	who := by.StaffNumber
	if who == "" {
		who = by.DisplayName
	}
	return svc.Tell(ctx, tx, Notification{To: []Recipient{{person, inspect.Urgent}}, NotificationEvent: store.NotificationEvent{
		Ref: fmt.Sprintf("%s/%s/%d", event, person, tx.Now), Type: event, At: tx.Now, Facts: store.IssueSummary{Number: who}}})
}
