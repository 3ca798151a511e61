package issues

import (
	"spotcheck/pkg/inspect"
)

// StatusWords are the states as people read them (the glossary in server/decisions).
var StatusWords = map[inspect.Status][2]string{inspect.Reported: {"待派遣", "reported"}, inspect.Assigned: {"整改中", "assigned"}, inspect.Fixed: {"待核查", "fixed"}, inspect.Verified: {"已结案", "verified"},
	inspect.Dismissed: {"已作废", "dismissed"}, inspect.Merged: {"已合并", "merged"}}
