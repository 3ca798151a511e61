-- The growing log over all events (RFC 6962): each hash of the tree under its place in the order of storage, from 1, which follows from the events.
CREATE TABLE log_hash (
  id {{pk}},
  hash {{bytes}} NOT NULL
);

-- Its signed checkpoints (C2SP tlog-checkpoint), one of a size at most.
CREATE TABLE log_checkpoint (
  id {{pk}},
  size BIGINT NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  note {{text}} NOT NULL
);
