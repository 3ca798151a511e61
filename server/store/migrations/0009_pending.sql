-- What waits beside the status, as bits of inspect.AllPending; 1024 is a letter or an appeal that the program has to look at once.
ALTER TABLE issue ADD COLUMN pending BIGINT NOT NULL DEFAULT 0;
CREATE INDEX issue_pending ON issue (id) WHERE pending > 0;
UPDATE issue SET pending =
  CASE WHEN status IN ('assigned', 'fixed') AND clock LIKE '%"extension":{"at":%' THEN 1 ELSE 0 END
  + CASE WHEN status IN ('assigned', 'fixed') AND clock LIKE '%"hold":{"at":%' THEN 2 ELSE 0 END
  + CASE WHEN asked_at <> 0 AND status NOT IN ('dismissed', 'merged') THEN 8 ELSE 0 END
  + CASE WHEN matters LIKE '%"appeals":[%' OR status IN ('assigned', 'fixed') AND matters LIKE '%"letters":[%' THEN 1024 ELSE 0 END
  + CASE WHEN status = 'reported' AND returned_by IS NOT NULL THEN 32 ELSE 0 END
  + CASE WHEN status = 'assigned' AND rework > 0 THEN 64 ELSE 0 END
  + CASE WHEN status = 'reported' AND matters LIKE '%"look_asked_at":%' THEN 128 ELSE 0 END
  WHERE status IN ('reported', 'assigned', 'fixed') OR matters LIKE '%"appeals":[%';
