-- Campaigns with their groups and targets, and what was done together on a day: clean-ups, publicity, voluntary work.
CREATE TABLE campaign (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  title {{text}} NOT NULL,
  note {{text}} NOT NULL,
  area BIGINT REFERENCES area (id),
  from_day {{text}} NOT NULL,
  to_day {{text}} NOT NULL,
  categories {{text}} NOT NULL,
  groups {{text}} NOT NULL,
  targets {{text}} NOT NULL,
  closed_at BIGINT NOT NULL,
  closed_by {{bytes}},
  conclusion {{text}} NOT NULL,
  progress {{text}} NOT NULL,
  made_by {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE activity (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  kind {{text}} NOT NULL,
  title {{text}} NOT NULL,
  note {{text}} NOT NULL,
  area BIGINT REFERENCES area (id),
  unit BIGINT REFERENCES unit (id),
  spots {{text}} NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  sign_in_code {{text}} NOT NULL,
  outcome {{text}} NOT NULL,
  people BIGINT NOT NULL,
  places BIGINT NOT NULL,
  vehicles BIGINT NOT NULL,
  tonnes BIGINT NOT NULL,
  counted BOOLEAN NOT NULL,
  done_at BIGINT NOT NULL,
  done_by {{bytes}},
  cancelled {{text}} NOT NULL,
  cancelled_at BIGINT NOT NULL,
  cancelled_by {{bytes}},
  made_by {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX activity_starts ON activity (starts_at, id);
CREATE UNIQUE INDEX activity_code ON activity (sign_in_code) WHERE sign_in_code <> '';
CREATE TABLE activity_photo (
  id {{pk}},
  activity BIGINT NOT NULL REFERENCES activity (id),
  stage {{text}} NOT NULL,
  sha256 {{text}} NOT NULL,
  bytes BIGINT NOT NULL,
  type {{text}} NOT NULL,
  received_by {{bytes}} NOT NULL,
  received_at BIGINT NOT NULL,
  UNIQUE (activity, sha256)
);
CREATE INDEX activity_photo_sha256 ON activity_photo (sha256);
CREATE TABLE activity_sign_in (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  activity BIGINT NOT NULL REFERENCES activity (id),
  name {{text}} NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX activity_sign_in_of ON activity_sign_in (activity, id);
