-- Replies to complaints are looked for by when they are wanted; few issues have one.
CREATE INDEX issue_reply_by ON issue (reply_by) WHERE reply_by > 0;
