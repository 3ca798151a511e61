CREATE TABLE paper_batch (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  person BIGINT NOT NULL REFERENCES person (id),
  asked_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  kind {{text}} NOT NULL,
  papers BIGINT NOT NULL,
  done BOOLEAN NOT NULL,
  failed {{text}} NOT NULL,
  content_salt {{bytes}} NOT NULL,
  content_seal {{text}} NOT NULL
);

CREATE TABLE paper (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  kind {{text}} NOT NULL,
  office {{text}} NOT NULL,
  year BIGINT NOT NULL,
  n BIGINT NOT NULL,
  number {{text}} NOT NULL UNIQUE,
  unit BIGINT NOT NULL REFERENCES unit (id),
  person BIGINT NOT NULL REFERENCES person (id),
  corrects BIGINT UNIQUE REFERENCES paper (id),
  batch BIGINT REFERENCES paper_batch (id),
  issued_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  pdf {{text}} NOT NULL,
  pdf_bytes BIGINT NOT NULL,
  docx {{text}} NOT NULL,
  docx_bytes BIGINT NOT NULL,
  content_salt {{bytes}} NOT NULL,
  content_seal {{text}} NOT NULL,
  UNIQUE (kind, office, year, n)
);
CREATE INDEX paper_unit ON paper (unit, id);
CREATE INDEX paper_batch_of ON paper (batch, id);
CREATE INDEX paper_pdf ON paper (pdf);
CREATE INDEX paper_docx ON paper (docx);

CREATE TABLE paper_issue (
  id {{pk}},
  paper BIGINT NOT NULL REFERENCES paper (id),
  issue BIGINT NOT NULL REFERENCES issue (id),
  UNIQUE (paper, issue)
);
CREATE INDEX paper_issue_issue ON paper_issue (issue, paper);

CREATE TABLE paper_receipt (
  id {{pk}},
  paper BIGINT NOT NULL UNIQUE REFERENCES paper (id),
  person BIGINT NOT NULL REFERENCES person (id),
  at BIGINT NOT NULL,
  signed_at BIGINT NOT NULL,
  signature {{text}} NOT NULL,
  signature_bytes BIGINT NOT NULL,
  photo BIGINT REFERENCES photo (id),
  content_salt {{bytes}} NOT NULL,
  content_seal {{text}} NOT NULL
);
CREATE INDEX paper_receipt_signature ON paper_receipt (signature);
