-- A paper that was issued by mistake is void: its number stays taken, with who said so and when. Why lies beside the record.
CREATE TABLE paper_cancellation (
  id {{pk}},
  paper BIGINT NOT NULL UNIQUE REFERENCES paper (id),
  person BIGINT NOT NULL REFERENCES person (id),
  at BIGINT NOT NULL,
  content_salt {{bytes}} NOT NULL,
  content_seal {{text}} NOT NULL
);
