-- what the program does for the whole of an installation by itself: how far it is, and when it was last done
CREATE TABLE upkeep (
  id {{pk}},
  name {{text}} NOT NULL UNIQUE,
  cursor {{text}} NOT NULL,
  done_at BIGINT NOT NULL
);
