-- What the name of an account looks like: two of one look are one account. The program writes it whenever it saves one.
ALTER TABLE person ADD COLUMN look {{text}} NOT NULL DEFAULT '';
UPDATE person SET look = lower(trim(name));
CREATE INDEX person_look ON person (look);
-- Whether somebody else knows a password, since they gave it or it was shown, and of a session that it was begun with such a one. authenticated_at is when
-- whoever has the session last showed that they are this person.
ALTER TABLE person ADD COLUMN password_given BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE session ADD COLUMN password_given BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE session ADD COLUMN authenticated_at BIGINT NOT NULL DEFAULT 0;
-- How often a refusal of one kind, person and address came within its minute.
ALTER TABLE security_log ADD COLUMN times BIGINT NOT NULL DEFAULT 1;
-- Whom something was done to, what it was before and is now, and how many of its times others have still to be told of.
ALTER TABLE security_log ADD COLUMN about BIGINT REFERENCES person (id);
ALTER TABLE security_log ADD COLUMN changes {{text}} NOT NULL DEFAULT '';
ALTER TABLE security_log ADD COLUMN unsent BIGINT NOT NULL DEFAULT 0;
CREATE INDEX security_log_unsent ON security_log (id) WHERE unsent > 0;
CREATE INDEX security_log_person ON security_log (person, id);
CREATE INDEX security_log_about ON security_log (about, id);
CREATE INDEX security_log_address ON security_log (address, id);
