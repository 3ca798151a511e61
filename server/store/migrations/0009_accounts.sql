-- What the name of an account looks like: two of one look are one account. The program writes it whenever it saves one.
ALTER TABLE person ADD COLUMN look {{text}} NOT NULL DEFAULT '';
UPDATE person SET look = lower(trim(name));
CREATE INDEX person_look ON person (look);
