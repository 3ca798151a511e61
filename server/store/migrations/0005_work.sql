ALTER TABLE issue ADD COLUMN recurs BIGINT REFERENCES issue (id);
CREATE INDEX issue_recurs ON issue (recurs, id) WHERE recurs IS NOT NULL;
