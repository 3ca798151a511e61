CREATE TABLE return_form (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  name {{text}} NOT NULL,
  every {{text}} NOT NULL,
  asked {{text}} NOT NULL,
  units {{text}} NOT NULL,
  days BIGINT NOT NULL,
  minute BIGINT NOT NULL,
  starts {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE return_sent (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  form BIGINT NOT NULL REFERENCES return_form (id),
  unit BIGINT NOT NULL REFERENCES unit (id),
  period {{text}} NOT NULL,
  starts {{text}} NOT NULL,
  hundredths {{text}} NOT NULL,
  note {{text}} NOT NULL,
  sent_by BIGINT NOT NULL REFERENCES person (id),
  sent_at BIGINT NOT NULL
);
CREATE INDEX return_sent_form ON return_sent (form, starts, id);

CREATE TABLE exposure (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  photo BIGINT NOT NULL UNIQUE REFERENCES photo (id),
  state {{text}} NOT NULL,
  masks {{text}} NOT NULL,
  caption {{text}} NOT NULL,
  sha256 {{text}} NOT NULL,
  bytes BIGINT NOT NULL,
  made_by BIGINT NOT NULL REFERENCES person (id),
  made_at BIGINT NOT NULL,
  decided_by BIGINT REFERENCES person (id),
  decided_at BIGINT NOT NULL,
  reason {{text}} NOT NULL,
  objection {{text}} NOT NULL,
  objected_at BIGINT NOT NULL
);
CREATE INDEX exposure_state ON exposure (state, decided_at);
