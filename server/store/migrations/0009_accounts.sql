-- What the name of an account looks like: two of one look are one account. The program writes it whenever it saves one.
ALTER TABLE person ADD COLUMN look {{text}} NOT NULL DEFAULT '';
UPDATE person SET look = lower(trim(name));
CREATE INDEX person_look ON person (look);
-- How often a refusal of one kind, person and address came within its minute.
ALTER TABLE security_log ADD COLUMN times BIGINT NOT NULL DEFAULT 1;
