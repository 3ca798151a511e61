CREATE TABLE upload (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  photo BIGINT NOT NULL REFERENCES photo (id),
  person BIGINT NOT NULL REFERENCES person (id),
  bytes BIGINT NOT NULL,
  at_offset BIGINT NOT NULL,
  generation BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  UNIQUE (photo, person)
);
CREATE INDEX upload_expires ON upload (expires_at);

CREATE TABLE upload_chunk (
  id {{pk}},
  upload BIGINT NOT NULL REFERENCES upload (id),
  at_offset BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  key {{text}} NOT NULL,
  UNIQUE (upload, at_offset)
);
CREATE INDEX upload_chunk_key ON upload_chunk (key);

ALTER TABLE event ADD COLUMN left_unit {{bytes}};
ALTER TABLE event ADD COLUMN left_area {{bytes}};

CREATE TABLE installation (
  id {{pk}},
  epoch {{text}} NOT NULL
);

ALTER TABLE issue ADD COLUMN flags_open BIGINT NOT NULL DEFAULT 0;
CREATE INDEX issue_flagged ON issue (id) WHERE flags_open > 0;

ALTER TABLE flag ADD COLUMN uid {{bytes}};
ALTER TABLE flag ADD COLUMN other {{bytes}};
ALTER TABLE flag ADD COLUMN decision {{text}} NOT NULL DEFAULT '';
ALTER TABLE flag ADD COLUMN decided_by BIGINT REFERENCES person (id);
ALTER TABLE flag ADD COLUMN decided_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE flag ADD COLUMN decided {{bytes}};
CREATE UNIQUE INDEX flag_uid ON flag (uid);

UPDATE issue SET flags_open = (SELECT count(*) FROM flag WHERE flag.issue = issue.id);

CREATE TABLE photo_print (
  id {{pk}},
  photo BIGINT NOT NULL UNIQUE REFERENCES photo (id),
  prints {{bytes}} NOT NULL
);

CREATE TABLE photo_band (
  id {{pk}},
  band BIGINT NOT NULL,
  photo BIGINT NOT NULL REFERENCES photo (id)
);
CREATE INDEX photo_band_band ON photo_band (band, photo);
