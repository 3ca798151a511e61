-- Draws by lot: what was frozen, and from which hash of the record it was drawn.
CREATE TABLE draw (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  purpose {{text}} NOT NULL,
  kind {{text}} NOT NULL,
  area BIGINT REFERENCES area (id),
  by_area BOOLEAN NOT NULL,
  list {{text}} NOT NULL,
  salt {{text}} NOT NULL,
  seed {{text}} NOT NULL,
  replaced {{text}} NOT NULL,
  ended_at BIGINT NOT NULL,
  made_by {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX draw_purpose ON draw (purpose, id);
CREATE INDEX draw_kind ON draw (kind, area, id);
