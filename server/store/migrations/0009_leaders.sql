-- The person who leads an area under a rule of responsibility, and is told when something there is late.
ALTER TABLE responsibility ADD COLUMN leader_person BIGINT REFERENCES person (id);
