package ledger

// EventPage is how many events of a stream are read at once.
const EventPage = 500
