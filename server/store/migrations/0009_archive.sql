-- The archive: headings, documents that were brought with every version of their file, and what left it.
CREATE TABLE archive_heading (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  parent BIGINT REFERENCES archive_heading (id),
  number {{text}} NOT NULL,
  title {{text}} NOT NULL,
  note {{text}} NOT NULL,
  source {{text}} NOT NULL,
  detail {{text}} NOT NULL,
  least BIGINT NOT NULL,
  units {{text}} NOT NULL,
  keep_years BIGINT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE archive_document (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  heading BIGINT NOT NULL REFERENCES archive_heading (id),
  title {{text}} NOT NULL,
  number {{text}} NOT NULL,
  dated {{text}} NOT NULL,
  unit BIGINT REFERENCES unit (id),
  withdrawn {{text}} NOT NULL,
  withdrawn_by {{bytes}},
  withdrawn_at BIGINT NOT NULL,
  made_by {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX archive_document_heading ON archive_document (heading, dated, id);
CREATE INDEX archive_document_dated ON archive_document (dated, id);
CREATE TABLE archive_file (
  id {{pk}},
  document BIGINT NOT NULL REFERENCES archive_document (id),
  n BIGINT NOT NULL,
  sha256 {{text}} NOT NULL,
  bytes BIGINT NOT NULL,
  type {{text}} NOT NULL,
  name {{text}} NOT NULL,
  crc32 BIGINT NOT NULL,
  received_by {{bytes}} NOT NULL,
  received_at BIGINT NOT NULL,
  UNIQUE (document, n)
);
CREATE INDEX archive_file_sha256 ON archive_file (sha256);
CREATE TABLE archive_export (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  heading BIGINT REFERENCES archive_heading (id),
  year BIGINT NOT NULL,
  files BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  digest {{text}} NOT NULL,
  entries {{text}} NOT NULL,
  pages {{bytes}} NOT NULL,
  made_by {{bytes}} NOT NULL,
  made_at BIGINT NOT NULL,
  gone_at BIGINT NOT NULL
);
