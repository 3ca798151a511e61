CREATE INDEX role_grant_scope ON role_grant (role, scope_kind, scope_uid) WHERE until = 0;

CREATE TABLE happening (
  id {{pk}},
  ref {{text}} NOT NULL UNIQUE,
  type {{text}} NOT NULL,
  issue BIGINT REFERENCES issue (id),
  at BIGINT NOT NULL,
  facts {{text}} NOT NULL
);

CREATE TABLE message (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  happening BIGINT NOT NULL REFERENCES happening (id),
  channel {{text}} NOT NULL,
  recipient {{bytes}} NOT NULL,
  urgency {{text}} NOT NULL,
  state {{text}} NOT NULL,
  gathered BOOLEAN NOT NULL,
  parcel {{bytes}},
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  why {{text}} NOT NULL,
  sent_at BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  payload {{text}} NOT NULL,
  UNIQUE (happening, channel, recipient)
);
CREATE INDEX message_due ON message (due_at, id) WHERE state = 'queued';
CREATE INDEX message_gathered ON message (recipient, channel) WHERE state = 'queued' AND gathered;
CREATE INDEX message_parcel ON message (parcel) WHERE parcel IS NOT NULL;
CREATE INDEX message_recipient ON message (recipient, channel, id);
CREATE INDEX message_unread ON message (recipient, id) WHERE channel = 'inbox' AND read_at = 0;
CREATE INDEX message_state ON message (state, id);

CREATE TABLE attempt (
  id {{pk}},
  parcel {{bytes}} NOT NULL,
  at BIGINT NOT NULL,
  took_ms BIGINT NOT NULL,
  status BIGINT NOT NULL,
  outcome {{text}} NOT NULL,
  answer {{text}} NOT NULL
);
CREATE INDEX attempt_parcel ON attempt (parcel, id);

CREATE TABLE channel_choice (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  person BIGINT NOT NULL UNIQUE REFERENCES person (id),
  language {{text}} NOT NULL,
  rules {{text}} NOT NULL,
  quiet_from BIGINT NOT NULL,
  quiet_to BIGINT NOT NULL,
  email {{text}} NOT NULL,
  robots {{text}} NOT NULL,
  robot_secrets {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE push_subscription (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  person BIGINT NOT NULL REFERENCES person (id),
  digest {{bytes}} NOT NULL UNIQUE,
  sealed {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX push_subscription_person ON push_subscription (person);

CREATE TABLE webhook (
  id {{pk}},
  uid {{bytes}} NOT NULL UNIQUE,
  name {{text}} NOT NULL,
  url {{text}} NOT NULL,
  types {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  removed BOOLEAN NOT NULL,
  secret {{bytes}} NOT NULL,
  old_secret {{bytes}} NOT NULL,
  old_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE TABLE gateway (
  id {{pk}},
  kind {{text}} NOT NULL UNIQUE,
  settings {{text}} NOT NULL,
  enabled BOOLEAN NOT NULL,
  secret {{bytes}} NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
