package app

import (
	"io"

	"spotcheck/server/decoder"
	"spotcheck/server/tables"
)

// children are what this program is when it runs as its own child, by the hidden sub-command.
var children = map[string]func(args []string, in io.Reader, out, complain io.Writer) int{
	decoder.Command: decoder.RunChild,
	tables.Command:  tables.RunChild,
}

// RunChild is the child that the arguments of the program name; ok is false when they name none.
func RunChild(args []string, in io.Reader, out, complain io.Writer) (code int, ok bool) {
	if len(args) < 2 || children[args[1]] == nil {
		return 0, false
	}
	return children[args[1]](args[2:], in, out, complain), true
}
