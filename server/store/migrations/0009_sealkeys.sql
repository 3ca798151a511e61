-- What the keys are derived from by which people's devices seal what they keep: one row, made at the first log-in and never changed, so that what was
-- sealed can be opened as long as there is this city.
CREATE TABLE seal_root (
  id {{pk}},
  root {{bytes}} NOT NULL
);
