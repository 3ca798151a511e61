-- what is similar to a report is looked for near it; lines reach far from where they begin, and are few
CREATE INDEX issue_line ON issue (cell, id) WHERE line <> '';
