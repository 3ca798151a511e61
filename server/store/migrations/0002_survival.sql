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
