package messages

// AlertOnCall is what those on call are told of at once: a limit that runs by night, and no rule that assigns by itself.
const AlertOnCall = "issue.on_call"
