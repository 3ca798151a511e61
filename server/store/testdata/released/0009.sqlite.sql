BEGIN;
CREATE TABLE schema_version (
		id BIGINT PRIMARY KEY, version BIGINT NOT NULL, oldest_binary BIGINT NOT NULL);
INSERT INTO schema_version VALUES (1, 9, 9);
CREATE TABLE setting (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  value TEXT NOT NULL
);
INSERT INTO setting VALUES (1, 'timezone', '"Asia/Shanghai"');
CREATE TABLE counter (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  value BIGINT NOT NULL
);
INSERT INTO counter VALUES (1, 'areas', 5);
INSERT INTO counter VALUES (2, 'issue-2026', 1);
INSERT INTO counter VALUES (3, 'event', 3);
CREATE TABLE unit (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  peer_group TEXT NOT NULL,
  parent BIGINT REFERENCES unit (id),
  contact TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
INSERT INTO unit VALUES (1, X'210760FBA8188013B53530A17160A0CB', 'bureau', 'district', '区', NULL, 'bureau 电话', 1, 1795507260007, 1795507320007);
INSERT INTO unit VALUES (2, X'87C89C24195F8A7E8F7F071D213A03B0', 'north crew', 'district', '区', 1, 'north crew 电话', 1, 1795507260007, 1795507320007);
INSERT INTO unit VALUES (3, X'E52CB476C4F785A1A5741D7AAD1266CC', 'south crew', 'district', '区', 1, 'south crew 电话', 1, 1795507260007, 1795507320007);
INSERT INTO unit VALUES (4, X'D225AC8DEDDE85CEBB01C1967B550AC9', 'night shift', 'district', '区', 3, 'night shift 电话', 1, 1795507260007, 1795507320007);
INSERT INTO unit VALUES (5, X'2C7E34291DBA8187A286FD3E95575FD4', 'contractor', 'district', '区', NULL, 'contractor 电话', 1, 1795507260007, 1795507320007);
CREATE TABLE area (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  code TEXT NOT NULL,
  level TEXT NOT NULL,
  class TEXT NOT NULL,
  parent BIGINT REFERENCES area (id),
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
, outline BIGINT REFERENCES outline (id), width_m DOUBLE PRECISION NOT NULL DEFAULT 0, looked_at BIGINT NOT NULL DEFAULT 0);
INSERT INTO area VALUES (1, X'11A62C23412B8747BA71481AA2DC7323', 'city', '46010c', 'street', 'main road', NULL, 1, 1795507260007, 1795507320007, NULL, 0.0, 0);
INSERT INTO area VALUES (2, X'FC8944D9FDC28CE6A3D2F13E24ADD626', 'Longhua', '46010L', 'street', 'main road', 1, 1, 1795507260007, 1795507320007, NULL, 0.0, 0);
INSERT INTO area VALUES (3, X'AFAFD0DA1B3B80E8AD7CBC1A91266B5D', 'Meilan', '46010M', 'street', 'main road', 1, 1, 1795507260007, 1795507320007, NULL, 0.0, 0);
INSERT INTO area VALUES (4, X'4DAC71FA031C8528BF9B74D5E09F7BEC', 'Jinmao street', '46010J', 'street', 'main road', 2, 1, 1795507260007, 1795507320007, NULL, 0.0, 0);
INSERT INTO area VALUES (5, X'7B1B763EE8F68EB88E4742A760F912D0', 'elsewhere', '46010e', 'street', 'main road', NULL, 1, 1795507260007, 1795507320007, NULL, 0.0, 0);
CREATE TABLE category (
  id INTEGER PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  old_code TEXT NOT NULL,
  name_zh TEXT NOT NULL,
  name_en TEXT NOT NULL,
  grp TEXT NOT NULL,
  time_limit BIGINT NOT NULL,
  limit_unit TEXT NOT NULL,
  class_zh TEXT NOT NULL,
  local BOOLEAN NOT NULL,
  enabled BOOLEAN NOT NULL,
  by_photo BOOLEAN NOT NULL,
  reopen_days BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
INSERT INTO category VALUES (1, '08012', '0080', '带泥上路', 'mud', 'street', 15, 'minute', '主干道', 1, 1, 1, 7, 1795507260007, 1795507320007);
INSERT INTO category VALUES (2, '06014', '0060', '带泥上路', 'mud', 'street', 15, 'minute', '主干道', 1, 1, 1, 7, 1795507260007, 1795507320007);
INSERT INTO category VALUES (3, '06011', '0060', '带泥上路', 'mud', 'litter', 15, 'minute', '主干道', 1, 1, 1, 7, 1795507260007, 1795507320007);
INSERT INTO category VALUES (4, 'L001', '0L00', '带泥上路', 'mud', 'litter', 15, 'minute', '主干道', 1, 1, 1, 7, 1795507260007, 1795507320007);
CREATE TABLE person (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  staff_number TEXT NOT NULL,
  phone TEXT NOT NULL,
  password TEXT NOT NULL,
  disabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
, look TEXT NOT NULL DEFAULT '', password_given BOOLEAN NOT NULL DEFAULT FALSE);
INSERT INTO person VALUES (1, X'2F48B881EA7083F186F083B296A360BD', 'lin', '林 lin', 'A-lin', '138lin', 'hash', 0, 1795507260007, 1795507320007, 'lin', 0);
INSERT INTO person VALUES (2, X'5CC3F82838BA8260A03E4590CE03D00E', 'office', '林 office', 'A-office', '138office', '', 0, 1795507260007, 1795507320007, 'office', 0);
INSERT INTO person VALUES (3, X'9CAE07A2E9CE8A5B88602D99F1BB35F2', 'crew', '林 crew', 'A-crew', '138crew', '', 0, 1795507260007, 1795507320007, 'crew', 0);
INSERT INTO person VALUES (4, X'4D5B660943628C0AB95E935E7BB6FCBB', 'leader', '林 leader', 'A-leader', '138leader', '', 0, 1795507260007, 1795507320007, 'leader', 0);
INSERT INTO person VALUES (5, X'6382B3CC881482B7BBFCAEED026001C0', 'nobody', '林 nobody', 'A-nobody', '138nobody', '', 0, 1795507260007, 1795507320007, 'nobody', 0);
CREATE TABLE role_grant (
  id INTEGER PRIMARY KEY,
  person BIGINT NOT NULL REFERENCES person (id),
  role TEXT NOT NULL,
  scope_kind TEXT NOT NULL,
  scope_uid BLOB,
  since BIGINT NOT NULL,
  until BIGINT NOT NULL
);
INSERT INTO role_grant VALUES (1, 1, 'inspector', 'area', X'FC8944D9FDC28CE6A3D2F13E24ADD626', 1795572000455, 0);
CREATE TABLE session (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  person BIGINT NOT NULL REFERENCES person (id),
  token_hash BLOB NOT NULL UNIQUE,
  device TEXT NOT NULL,
  cookie BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
, issue BIGINT REFERENCES issue (id), uses BIGINT NOT NULL DEFAULT 0, password_given BOOLEAN NOT NULL DEFAULT FALSE, authenticated_at BIGINT NOT NULL DEFAULT 0);
INSERT INTO session VALUES (1, X'3F3AF1ECEBBD8410AB417EC0D27BBFCB', 1, X'746F6B656E', '手机', 0, 1795507260007, 1795507260007, 5822039040007, NULL, 0, 0, 0);
CREATE TABLE login_limit (
  id INTEGER PRIMARY KEY,
  bucket TEXT NOT NULL UNIQUE,
  failures BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);
INSERT INTO login_limit VALUES (1, 'bucket', 3, 1795572000455);
CREATE TABLE security_log (
  id INTEGER PRIMARY KEY,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  person BIGINT REFERENCES person (id),
  address TEXT NOT NULL,
  detail TEXT NOT NULL
, times BIGINT NOT NULL DEFAULT 1, about BIGINT REFERENCES person (id), changes TEXT NOT NULL DEFAULT '', unsent BIGINT NOT NULL DEFAULT 0);
INSERT INTO security_log VALUES (1, 1795572000455, 'login', 1, '192.0.2.1', '', 1, NULL, '', 0);
CREATE TABLE issue (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  number TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  version BIGINT NOT NULL,
  category BIGINT NOT NULL REFERENCES category (id),
  severity TEXT NOT NULL,
  source TEXT NOT NULL,
  lat DOUBLE PRECISION,
  lon DOUBLE PRECISION,
  cell BIGINT,
  place TEXT NOT NULL,
  line TEXT NOT NULL,
  area BIGINT REFERENCES area (id),
  reporter BIGINT NOT NULL REFERENCES person (id),
  unit BIGINT REFERENCES unit (id),
  fixer BIGINT REFERENCES person (id),
  on_the_spot BOOLEAN NOT NULL,
  reported_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  filed_at BIGINT NOT NULL,
  assigned_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  fixed_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  asked_at BIGINT NOT NULL,
  asked_by BIGINT REFERENCES person (id),
  asked BLOB,
  returns BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  returned_by BIGINT REFERENCES unit (id),
  used_ms BIGINT NOT NULL,
  rework BIGINT NOT NULL,
  false_fixes BIGINT NOT NULL,
  late BOOLEAN NOT NULL,
  merged_into BIGINT REFERENCES issue (id),
  before TEXT NOT NULL,
  own_due_at BIGINT NOT NULL,
  photos_declared BIGINT NOT NULL,
  photos_safe BIGINT NOT NULL,
  content_salt BLOB NOT NULL,
  content_seal TEXT NOT NULL
, flags_open BIGINT NOT NULL DEFAULT 0, clock TEXT NOT NULL DEFAULT '', matters TEXT NOT NULL DEFAULT '', clock_at BIGINT NOT NULL DEFAULT 0, held_until BIGINT NOT NULL DEFAULT 0, alert_at BIGINT NOT NULL DEFAULT 0, spot BIGINT REFERENCES place (id), signed_front BOOLEAN NOT NULL DEFAULT FALSE, recurs BIGINT REFERENCES issue (id), outside TEXT NOT NULL DEFAULT '', reply_by BIGINT NOT NULL DEFAULT 0, import BIGINT REFERENCES issue_import (id), keeper BIGINT REFERENCES person (id), pending BIGINT NOT NULL DEFAULT 0);
INSERT INTO issue VALUES (1, X'AF07FF91AB7C82A791F97D2EF9D92EE4', '2026-000001', 'assigned', 2, 1, 'serious', 'patrol', 20.0317, 110.3301, 3711143720219771, '{"lat":20.0317,"lon":110.3301,"accuracy_m":12.5,"datum":"gcj02","given":{"lat":20.029,"lon":110.3347},"source":"gps","captured_at":"2026-11-24T08:03:00.007Z"}', '{"Start":{"lat":20.0317,"lon":110.3301},"End":{"lat":20.04,"lon":110.34}}', 2, 1, 3, NULL, 0, 1795507380007, 1795507440007, 1795507500007, 1795507620007, 1795507620007, 1795508520007, 0, 0, 1795507620007, 1795507620007, 0, NULL, NULL, 0, 0, NULL, 0, 0, 0, 0, NULL, '', 1795508520007, 1, 1, X'73616C74206F6620636F6E74656E74', 'sha256:content', 0, '{"clock":{"by_hand":true,"limit":15,"unit":"minute","from":"2026-11-24T08:07:00.007Z","left_ms":900000}}', '{}', 1795507620007, 0, 0, NULL, 0, NULL, '', 0, NULL, NULL, 0);
CREATE TABLE photo (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  issue BIGINT NOT NULL REFERENCES issue (id),
  state TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  kind TEXT NOT NULL,
  captured_at BIGINT NOT NULL,
  taken TEXT NOT NULL,
  declarer BIGINT NOT NULL REFERENCES person (id),
  declared_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  skew_ms BIGINT,
  used_by BLOB,
  reason BLOB,
  facts TEXT NOT NULL,
  renditions TEXT NOT NULL,
  rendition_error TEXT NOT NULL
);
INSERT INTO photo VALUES (1, X'55C64D0FCD6F8D5FBC828093857E3FDF', 1, 'safe', '55c64d0fcd6f8d5fbc828093857e3fdfdf73ae72f2978ca7a22fad6bfae6d84a', 1234567, 'report', 1795507320007, 'camera', 1, 1795572000455, 1795572000455, NULL, NULL, NULL, '{"type":"jpeg","width":4032,"height":3024,"upright_width":3024,"upright_height":4032,"orientation":6,"taken_at":"2026-11-24T08:01:00.007Z","make":"华为"}', 'ready', '');
CREATE TABLE rendition (
  id INTEGER PRIMARY KEY,
  photo BIGINT NOT NULL REFERENCES photo (id),
  size TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  UNIQUE (photo, size)
);
INSERT INTO rendition VALUES (1, 1, 'thumb', '05eeec2d7084869493ba89ad9e1c34b6c8f54e9adffd88af86c5e395c6cda92c', 9000);
CREATE TABLE sweep_mark (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  at BIGINT NOT NULL
);
CREATE TABLE flag (
  id INTEGER PRIMARY KEY,
  issue BIGINT NOT NULL REFERENCES issue (id),
  kind TEXT NOT NULL,
  photo BLOB,
  detail TEXT NOT NULL,
  at BIGINT NOT NULL
, uid BLOB, other BLOB, decision TEXT NOT NULL DEFAULT '', decided_by BIGINT REFERENCES person (id), decided_at BIGINT NOT NULL DEFAULT 0, decided BLOB);
INSERT INTO flag VALUES (1, 1, 'clock.skew', NULL, '3 分', 1795572000455, X'807D0FBCAE7C8B20918D4D85664F6820', NULL, '', NULL, 0, NULL);
CREATE TABLE action (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  issue BIGINT NOT NULL REFERENCES issue (id),
  kind TEXT NOT NULL,
  person BIGINT NOT NULL REFERENCES person (id),
  received_at BIGINT NOT NULL,
  credited_at BIGINT NOT NULL,
  late BOOLEAN NOT NULL,
  skew_ms BIGINT NOT NULL,
  photo BLOB,
  settled BOOLEAN NOT NULL,
  content_salt BLOB NOT NULL,
  content_seal TEXT NOT NULL
);
INSERT INTO action VALUES (1, X'9300B4D2567A8D13B65CE033708622FA', 1, 'assign', 2, 1795507620007, 1795507620007, 0, 0, NULL, 1, X'73616C74', 'sha256:seal');
CREATE TABLE personal_text (
  id INTEGER PRIMARY KEY,
  owner BLOB NOT NULL,
  field TEXT NOT NULL,
  salt BLOB NOT NULL,
  body TEXT NOT NULL,
  erased_at BIGINT NOT NULL,
  UNIQUE (owner, field)
);
INSERT INTO personal_text VALUES (1, X'AF07FF91AB7C82A791F97D2EF9D92EE4', 'address', X'50DE5AF61A5570B0D2E576C882C4D031', '龙昆南路 18 号', 0);
INSERT INTO personal_text VALUES (2, X'AF07FF91AB7C82A791F97D2EF9D92EE4', 'note', X'E1A3DBD55E302F20156F507145407E1F', '带泥上路，龙昆南路口 🚛', 0);
CREATE TABLE stream (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  n BIGINT NOT NULL,
  hash BLOB NOT NULL,
  UNIQUE (kind, name)
);
INSERT INTO stream VALUES (1, 'issue', 'af07ff91-ab7c-82a7-91f9-7d2ef9d92ee4', 3, X'6732D699F72CDF73B095EE994ED3E325C70CC4B1743FDD60C9BAF94E62829497');
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  seq BIGINT NOT NULL UNIQUE,
  stream BIGINT NOT NULL REFERENCES stream (id),
  n BIGINT NOT NULL,
  type TEXT NOT NULL,
  schema_version BIGINT NOT NULL,
  prev BLOB NOT NULL,
  hash BLOB NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  person BLOB,
  unit BLOB,
  due_at BIGINT NOT NULL,
  status TEXT NOT NULL, left_unit BLOB, left_area BLOB, left_person BLOB,
  UNIQUE (stream, n)
);
INSERT INTO event VALUES (1, 1, 1, 1, 'issue.reported', 2, X'0000000000000000000000000000000000000000000000000000000000000000', X'5DDE4C78F1F27E5CBA05DC1EE4F772106E7FE21F13309D909689E57B495D1C71', '{"at":"2026-11-24T08:05:00.007Z","by":"2f48b881-ea70-83f1-86f0-83b296a360bd","declared":[{"bytes":1234567,"captured_at":"2026-11-24T08:02:00.007Z","id":"55c64d0f-cd6f-8d5f-bc82-8093857e3fdf","kind":"report","sha256":"55c64d0fcd6f8d5fbc828093857e3fdfdf73ae72f2978ca7a22fad6bfae6d84a","taken":"camera"}],"flags":[{"id":"807d0fbc-ae7c-8b20-918d-4d85664f6820","kind":"clock.skew"}],"report":{"area":"fc8944d9-fdc2-8ce6-a3d2-f13e24add626","category":"08012","line_end":{"lat":20.04,"lon":110.34},"line_start":{"lat":20.0317,"lon":110.3301},"number":"2026-000001","place":{"accuracy_m":12.5,"captured_at":"2026-11-24T08:03:00.007Z","datum":"gcj02","given":{"lat":20.029,"lon":110.3347},"lat":20.0317,"lon":110.3301,"source":"gps"},"reported_at":"2026-11-24T08:03:00.007Z","severity":"serious","source":"patrol"},"seals":{"address":"sha256:564f1c1f67b66359585668d6669cfb375eb8795f9df17c352d47ebc59d75789c","note":"sha256:88ebe9c22f00edcde4cf8fc80b7c2ec229c426de30bf0f3e607829cb11ba77f7"},"sent_at":"2026-11-24T08:04:00.007Z"}', 1795572000455, X'2F48B881EA7083F186F083B296A360BD', NULL, 0, 'reported', NULL, NULL, NULL);
INSERT INTO event VALUES (2, 2, 1, 2, 'photo.received', 2, X'5DDE4C78F1F27E5CBA05DC1EE4F772106E7FE21F13309D909689E57B495D1C71', X'7FAF5C02767A17BE62CECC70396C854394D3D44B77228800F6215CB7345304AF', '{"at":"2026-11-24T08:06:00.007Z","by":"2f48b881-ea70-83f1-86f0-83b296a360bd","received":{"bytes":1234567,"facts":{"height":3024,"make":"华为","orientation":6,"taken_at":"2026-11-24T08:01:00.007Z","type":"jpeg","upright_height":4032,"upright_width":3024,"width":4032},"id":"55c64d0f-cd6f-8d5f-bc82-8093857e3fdf","sha256":"55c64d0fcd6f8d5fbc828093857e3fdfdf73ae72f2978ca7a22fad6bfae6d84a"},"sent_at":"2026-11-24T08:06:00.007Z"}', 1795572000455, X'2F48B881EA7083F186F083B296A360BD', NULL, 0, 'reported', NULL, NULL, NULL);
INSERT INTO event VALUES (3, 3, 1, 3, 'issue.assigned', 2, X'7FAF5C02767A17BE62CECC70396C854394D3D44B77228800F6215CB7345304AF', X'6732D699F72CDF73B095EE994ED3E325C70CC4B1743FDD60C9BAF94E62829497', '{"action":"assign","action_id":"9300b4d2-567a-8d13-b65c-e033708622fa","at":"2026-11-24T08:07:00.007Z","before":"reported","by":"5cc3f828-38ba-8260-a03e-4590ce03d00e","credited_at":"2026-11-24T08:07:00.007Z","due_at":"2026-11-24T08:22:00.007Z","unit":"e52cb476-c4f7-85a1-a574-1d7aad1266cc"}', 1795572000455, X'5CC3F82838BA8260A03E4590CE03D00E', X'E52CB476C4F785A1A5741D7AAD1266CC', 1795508520007, 'assigned', NULL, NULL, NULL);
CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY,
  date TEXT NOT NULL UNIQUE,
  body TEXT NOT NULL
);
INSERT INTO checkpoint VALUES (1, '2026-11-24', '{"events":3}');
CREATE VIRTUAL TABLE issue_text USING fts5 (grams, content = '', contentless_delete = 1, tokenize = 'unicode61');
DELETE FROM issue_text_data;
INSERT INTO issue_text_data VALUES (1, X'0122');
INSERT INTO issue_text_data VALUES (10, X'00000000FF00000101010100010101010101000001');
INSERT INTO issue_text_data VALUES (137438953473, X'0000017D04307864610102040402646101020905016201020A05016301020503016201020B0402646901021E04066F666C696B6701020C030163010202040264610102030501670102060301670102070402646101020803016901021F04066F6669706C6801022002066F656C69696B01021108066F696C686B70010212030566696E6A6801021808066F696C686B700102190503706B6401021B08066F6A6C6F6A6A01021C06026C6801022104046C696B6701020D08066F676C646B6601020E0305676A69696701021608066F66696E6A6801021704046C646B6601020F08066F656C69696B0102100305696C686B700102130802646201021D08066F6669706B6401021A03056A6C6F6A6A01021408066F676A696967010215010E7978676464616469646164626463010222034A686164636767646564696763646964696462636E6766676264686461636E6469646467676462636E6469646767676461636E6469646467636463646A6467676264646467646167636765010223040807060606070B0607060607060B0B0B0A0B080B07090B0A0B090B0A070B0A0B13');
DELETE FROM issue_text_idx;
INSERT INTO issue_text_idx VALUES (1, X'', 2);
DELETE FROM issue_text_docsize;
INSERT INTO issue_text_docsize VALUES (1, X'22', 1);
DELETE FROM issue_text_config;
INSERT INTO issue_text_config VALUES ('version', 4);
CREATE TABLE upload (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
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
CREATE TABLE upload_chunk (
  id INTEGER PRIMARY KEY,
  upload BIGINT NOT NULL REFERENCES upload (id),
  at_offset BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  key TEXT NOT NULL,
  UNIQUE (upload, at_offset)
);
CREATE TABLE installation (
  id INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL
);
CREATE TABLE photo_print (
  id INTEGER PRIMARY KEY,
  photo BIGINT NOT NULL UNIQUE REFERENCES photo (id),
  prints BLOB NOT NULL
);
CREATE TABLE photo_band (
  id INTEGER PRIMARY KEY,
  band BIGINT NOT NULL,
  photo BIGINT NOT NULL REFERENCES photo (id)
);
CREATE TABLE map_cell (
  id INTEGER PRIMARY KEY,
  level BIGINT NOT NULL,
  cell BIGINT NOT NULL,
  area BIGINT NOT NULL,
  reported BIGINT NOT NULL,
  assigned BIGINT NOT NULL,
  fixed BIGINT NOT NULL,
  verified BIGINT NOT NULL,
  lat BIGINT NOT NULL,
  lon BIGINT NOT NULL,
  UNIQUE (level, cell, area)
);
INSERT INTO map_cell VALUES (1, 8, 54004, 2, 0, 1, 0, 0, 200317000, 1103301000);
INSERT INTO map_cell VALUES (2, 10, 864067, 2, 0, 1, 0, 0, 200317000, 1103301000);
INSERT INTO map_cell VALUES (3, 12, 13825087, 2, 0, 1, 0, 0, 200317000, 1103301000);
INSERT INTO map_cell VALUES (4, 14, 221201403, 2, 0, 1, 0, 0, 200317000, 1103301000);
INSERT INTO map_cell VALUES (5, 16, 3539222450, 2, 0, 1, 0, 0, 200317000, 1103301000);
INSERT INTO map_cell VALUES (6, 18, 56627559207, 2, 0, 1, 0, 0, 200317000, 1103301000);
CREATE TABLE rule (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL,
  version BIGINT NOT NULL,
  number BIGINT NOT NULL,
  category BIGINT NOT NULL REFERENCES category (id),
  area_class TEXT NOT NULL,
  file_zh TEXT NOT NULL,
  file_en TEXT NOT NULL,
  close_zh TEXT NOT NULL,
  close_en TEXT NOT NULL,
  time_limit BIGINT NOT NULL,
  limit_unit TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL, counting TEXT NOT NULL DEFAULT '',
  UNIQUE (uid, version)
);
CREATE TABLE suspension (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  area BIGINT REFERENCES area (id),
  categories TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  to_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  person BIGINT NOT NULL REFERENCES person (id),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE paper_batch (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  person BIGINT NOT NULL REFERENCES person (id),
  asked_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  papers BIGINT NOT NULL,
  done BOOLEAN NOT NULL,
  failed TEXT NOT NULL,
  content_salt BLOB NOT NULL,
  content_seal TEXT NOT NULL
);
CREATE TABLE paper (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  office TEXT NOT NULL,
  year BIGINT NOT NULL,
  n BIGINT NOT NULL,
  number TEXT NOT NULL UNIQUE,
  unit BIGINT NOT NULL REFERENCES unit (id),
  person BIGINT NOT NULL REFERENCES person (id),
  corrects BIGINT UNIQUE REFERENCES paper (id),
  batch BIGINT REFERENCES paper_batch (id),
  issued_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  pdf TEXT NOT NULL,
  pdf_bytes BIGINT NOT NULL,
  docx TEXT NOT NULL,
  docx_bytes BIGINT NOT NULL,
  content_salt BLOB NOT NULL,
  content_seal TEXT NOT NULL,
  UNIQUE (kind, office, year, n)
);
CREATE TABLE paper_issue (
  id INTEGER PRIMARY KEY,
  paper BIGINT NOT NULL REFERENCES paper (id),
  issue BIGINT NOT NULL REFERENCES issue (id),
  UNIQUE (paper, issue)
);
CREATE TABLE paper_receipt (
  id INTEGER PRIMARY KEY,
  paper BIGINT NOT NULL UNIQUE REFERENCES paper (id),
  person BIGINT NOT NULL REFERENCES person (id),
  at BIGINT NOT NULL,
  signed_at BIGINT NOT NULL,
  signature TEXT NOT NULL,
  signature_bytes BIGINT NOT NULL,
  photo BIGINT REFERENCES photo (id),
  content_salt BLOB NOT NULL,
  content_seal TEXT NOT NULL
);
CREATE TABLE happening (
  id INTEGER PRIMARY KEY,
  ref TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  issue BIGINT REFERENCES issue (id),
  at BIGINT NOT NULL,
  facts TEXT NOT NULL
);
CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  happening BIGINT NOT NULL REFERENCES happening (id),
  channel TEXT NOT NULL,
  recipient BLOB NOT NULL,
  urgency TEXT NOT NULL,
  state TEXT NOT NULL,
  gathered BOOLEAN NOT NULL,
  parcel BLOB,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  why TEXT NOT NULL,
  sent_at BIGINT NOT NULL,
  read_at BIGINT NOT NULL,
  payload TEXT NOT NULL,
  UNIQUE (happening, channel, recipient)
);
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  parcel BLOB NOT NULL,
  at BIGINT NOT NULL,
  took_ms BIGINT NOT NULL,
  status BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  answer TEXT NOT NULL
);
CREATE TABLE channel_choice (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  person BIGINT NOT NULL UNIQUE REFERENCES person (id),
  language TEXT NOT NULL,
  rules TEXT NOT NULL,
  quiet_from BIGINT NOT NULL,
  quiet_to BIGINT NOT NULL,
  email TEXT NOT NULL,
  robots TEXT NOT NULL,
  robot_secrets BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE push_subscription (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  person BIGINT NOT NULL REFERENCES person (id),
  digest BLOB NOT NULL UNIQUE,
  sealed BLOB NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE webhook (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  types TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  removed BOOLEAN NOT NULL,
  secret BLOB NOT NULL,
  old_secret BLOB NOT NULL,
  old_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE gateway (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL UNIQUE,
  settings TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  secret BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE outline (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  geometry TEXT NOT NULL
, told BOOLEAN NOT NULL DEFAULT TRUE);
CREATE TABLE area_import (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  state TEXT NOT NULL,
  format TEXT NOT NULL,
  datum TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  areas BIGINT NOT NULL,
  fresh BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  errors BIGINT NOT NULL,
  warnings BIGINT NOT NULL,
  findings TEXT NOT NULL,
  against BIGINT NOT NULL,
  sent_by BLOB,
  sent_at BIGINT NOT NULL,
  applied_at BIGINT NOT NULL
);
CREATE TABLE area_import_part (
  id INTEGER PRIMARY KEY,
  import BIGINT NOT NULL REFERENCES area_import (id),
  n BIGINT NOT NULL,
  body BLOB NOT NULL,
  UNIQUE (import, n)
);
CREATE TABLE area_import_row (
  id INTEGER PRIMARY KEY,
  import BIGINT NOT NULL REFERENCES area_import (id),
  area BLOB NOT NULL,
  name TEXT NOT NULL,
  code TEXT NOT NULL,
  level TEXT NOT NULL,
  class TEXT NOT NULL,
  parent BLOB,
  outline BIGINT REFERENCES outline (id),
  width_m DOUBLE PRECISION NOT NULL,
  enabled BOOLEAN NOT NULL,
  told BOOLEAN NOT NULL,
  UNIQUE (import, area)
);
CREATE TABLE responsibility (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  number BIGINT NOT NULL UNIQUE,
  unit BIGINT NOT NULL REFERENCES unit (id),
  area BIGINT NOT NULL REFERENCES area (id),
  category TEXT NOT NULL,
  grp TEXT NOT NULL,
  leader TEXT NOT NULL,
  contact TEXT NOT NULL,
  assisting TEXT NOT NULL,
  note TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
, at_once BOOLEAN NOT NULL DEFAULT FALSE, leader_person BIGINT REFERENCES person (id));
CREATE TABLE place (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  number TEXT NOT NULL,
  lat DOUBLE PRECISION NOT NULL,
  lon DOUBLE PRECISION NOT NULL,
  cell BIGINT NOT NULL,
  datum TEXT NOT NULL,
  given_lat DOUBLE PRECISION NOT NULL,
  given_lon DOUBLE PRECISION NOT NULL,
  area BIGINT REFERENCES area (id),
  unit BIGINT REFERENCES unit (id),
  contact TEXT NOT NULL,
  contractor TEXT NOT NULL,
  permit TEXT NOT NULL,
  vehicles TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
, looked_at BIGINT NOT NULL DEFAULT 0);
INSERT INTO place VALUES (1, X'8D9001D32C6A803D95921A77115050F3', 'construction_site', '海甸一期', 'S-1', 20.03, 110.33, 3711143718547942, 'gcj02', 20.029, 110.334, 2, 1, '李经理', '某建工', '77', '琼A1
琼A2', '2026-01-01', '2026-12-31', 1, 1795507260007, 1795507320007, 0);
CREATE TABLE plan_task (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  year BIGINT NOT NULL,
  unit BIGINT NOT NULL REFERENCES unit (id),
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  planned_from TEXT NOT NULL,
  planned_to TEXT NOT NULL,
  real_from TEXT NOT NULL,
  real_to TEXT NOT NULL,
  budget_fen BIGINT NOT NULL,
  milestones TEXT NOT NULL,
  hold TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE figure_sum (
  id INTEGER PRIMARY KEY,
  part TEXT NOT NULL,
  kind TEXT NOT NULL,
  grain TEXT NOT NULL,
  day BIGINT NOT NULL,
  name TEXT NOT NULL,
  counts TEXT NOT NULL,
  UNIQUE (part, kind, grain, day, name)
);
CREATE TABLE publication (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  period TEXT NOT NULL,
  scope TEXT NOT NULL,
  language TEXT NOT NULL,
  state TEXT NOT NULL,
  revision BIGINT NOT NULL,
  number TEXT NOT NULL,
  year BIGINT NOT NULL,
  n BIGINT NOT NULL,
  cut_event BIGINT NOT NULL,
  cut_at BIGINT NOT NULL,
  made_by BLOB,
  made_at BIGINT NOT NULL,
  checked_by BLOB,
  checked_at BIGINT NOT NULL,
  issued_by BLOB,
  issued_at BIGINT NOT NULL,
  recalled_by BLOB,
  recalled_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
, genre TEXT NOT NULL DEFAULT '');
CREATE TABLE publication_file (
  id INTEGER PRIMARY KEY,
  publication BIGINT NOT NULL REFERENCES publication (id),
  form TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  UNIQUE (publication, form)
);
CREATE TABLE import_mapping (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  mapping TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE issue_import (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  state TEXT NOT NULL,
  person BIGINT NOT NULL REFERENCES person (id),
  mapping TEXT NOT NULL,
  heads TEXT NOT NULL,
  source TEXT NOT NULL,
  format TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  lines BIGINT NOT NULL,
  fresh BIGINT NOT NULL,
  known BIGINT NOT NULL,
  wrong BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE issue_import_row (
  id INTEGER PRIMARY KEY,
  import BIGINT NOT NULL REFERENCES issue_import (id),
  n BIGINT NOT NULL,
  state TEXT NOT NULL,
  cells BLOB NOT NULL,
  findings TEXT NOT NULL,
  UNIQUE (import, n)
);
CREATE TABLE issue_part (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  issue BIGINT NOT NULL REFERENCES issue (id),
  unit BIGINT NOT NULL REFERENCES unit (id),
  due_at BIGINT NOT NULL,
  replied_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  assists BOOLEAN NOT NULL
);
CREATE TABLE assessment_point (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  unit BIGINT NOT NULL REFERENCES unit (id),
  day TEXT NOT NULL,
  hundredths BIGINT NOT NULL,
  reason TEXT NOT NULL,
  withdrawn BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE enrolment (
  id INTEGER PRIMARY KEY,
  person BIGINT NOT NULL UNIQUE REFERENCES person (id),
  token_hash BLOB NOT NULL UNIQUE,
  expires_at BIGINT NOT NULL
);
CREATE TABLE return_form (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  every TEXT NOT NULL,
  asked TEXT NOT NULL,
  units TEXT NOT NULL,
  days BIGINT NOT NULL,
  minute BIGINT NOT NULL,
  starts TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
, asked_from TEXT NOT NULL DEFAULT '[]');
CREATE TABLE return_sent (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  form BIGINT NOT NULL REFERENCES return_form (id),
  unit BIGINT NOT NULL REFERENCES unit (id),
  period TEXT NOT NULL,
  starts TEXT NOT NULL,
  hundredths TEXT NOT NULL,
  note TEXT NOT NULL,
  sent_by BIGINT NOT NULL REFERENCES person (id),
  sent_at BIGINT NOT NULL
);
CREATE TABLE exposure (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  photo BIGINT NOT NULL UNIQUE REFERENCES photo (id),
  state TEXT NOT NULL,
  masks TEXT NOT NULL,
  caption TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  made_by BIGINT NOT NULL REFERENCES person (id),
  made_at BIGINT NOT NULL,
  decided_by BIGINT REFERENCES person (id),
  decided_at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  objection TEXT NOT NULL,
  objected_at BIGINT NOT NULL
);
CREATE TABLE log_hash (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL
);
CREATE TABLE log_checkpoint (
  id INTEGER PRIMARY KEY,
  size BIGINT NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  note TEXT NOT NULL
);
CREATE TABLE draw (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  purpose TEXT NOT NULL,
  kind TEXT NOT NULL,
  area BIGINT REFERENCES area (id),
  by_area BOOLEAN NOT NULL,
  list TEXT NOT NULL,
  salt TEXT NOT NULL,
  seed TEXT NOT NULL,
  replaced TEXT NOT NULL,
  ended_at BIGINT NOT NULL,
  made_by BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE standard (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL,
  version BIGINT NOT NULL,
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  kind TEXT NOT NULL,
  class TEXT NOT NULL,
  items TEXT NOT NULL,
  pass_mark BIGINT NOT NULL,
  recheck_mark BIGINT NOT NULL,
  grades TEXT NOT NULL,
  in_force_at BIGINT NOT NULL,
  replaced_at BIGINT NOT NULL,
  made_by BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (uid, version)
);
CREATE TABLE visit (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  standard BIGINT NOT NULL REFERENCES standard (id),
  subject TEXT NOT NULL,
  target BLOB NOT NULL,
  area BIGINT REFERENCES area (id),
  unit BIGINT REFERENCES unit (id),
  rechecks BIGINT UNIQUE REFERENCES visit (id),
  draw BIGINT REFERENCES draw (id),
  person BLOB NOT NULL,
  company TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  answers TEXT NOT NULL,
  note TEXT NOT NULL,
  signature TEXT NOT NULL,
  signed_by TEXT NOT NULL,
  sign_reason TEXT NOT NULL,
  score BIGINT NOT NULL,
  scored BOOLEAN NOT NULL,
  vetoed BOOLEAN NOT NULL,
  passed BOOLEAN NOT NULL,
  grade TEXT NOT NULL,
  contest_by BIGINT NOT NULL,
  contest TEXT NOT NULL,
  contested_at BIGINT NOT NULL,
  decided_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  content_salt BLOB NOT NULL,
  content_seal TEXT NOT NULL,
  UNIQUE (draw, target)
);
CREATE TABLE visit_finding (
  id INTEGER PRIMARY KEY,
  visit BIGINT NOT NULL REFERENCES visit (id),
  item TEXT NOT NULL,
  issue BIGINT NOT NULL UNIQUE REFERENCES issue (id)
);
CREATE TABLE upkeep (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  cursor TEXT NOT NULL,
  done_at BIGINT NOT NULL
);
CREATE TABLE duty (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  area BIGINT REFERENCES area (id),
  class TEXT NOT NULL,
  place TEXT NOT NULL,
  targets TEXT NOT NULL,
  unit BIGINT REFERENCES unit (id),
  people TEXT NOT NULL,
  each BIGINT NOT NULL,
  schedule TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  opened_to TEXT NOT NULL,
  ended_at BIGINT NOT NULL,
  made_by BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE round (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  duty BIGINT NOT NULL REFERENCES duty (id),
  subject TEXT NOT NULL,
  target BLOB NOT NULL,
  area BIGINT REFERENCES area (id),
  unit BIGINT REFERENCES unit (id),
  opened_on TEXT NOT NULL,
  n BIGINT NOT NULL,
  opens_at BIGINT NOT NULL,
  closes_at BIGINT NOT NULL,
  day TEXT NOT NULL,
  period TEXT NOT NULL,
  person BLOB,
  company TEXT NOT NULL,
  started_at BIGINT NOT NULL,
  done_at BIGINT NOT NULL,
  sent_at BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  note TEXT NOT NULL,
  excuse TEXT NOT NULL,
  excused_by BLOB,
  excused_at BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  content_salt BLOB NOT NULL,
  content_seal TEXT NOT NULL
);
CREATE TABLE leave_of (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  person BIGINT NOT NULL REFERENCES person (id),
  valid_from TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  withdrawn BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE roster_change (
  id INTEGER PRIMARY KEY,
  duty BIGINT NOT NULL REFERENCES duty (id),
  day TEXT NOT NULL,
  people TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (duty, day)
);
CREATE TABLE work_done (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  source TEXT NOT NULL,
  issue BIGINT REFERENCES issue (id),
  area BIGINT REFERENCES area (id),
  unit BIGINT REFERENCES unit (id),
  category TEXT NOT NULL,
  day TEXT NOT NULL,
  person BLOB NOT NULL,
  received_at BIGINT NOT NULL
);
CREATE TABLE quantity (
  id INTEGER PRIMARY KEY,
  work BIGINT NOT NULL REFERENCES work_done (id),
  kind TEXT NOT NULL,
  amount BIGINT NOT NULL,
  counted BOOLEAN NOT NULL
);
CREATE TABLE archive_heading (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  parent BIGINT REFERENCES archive_heading (id),
  number TEXT NOT NULL,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  source TEXT NOT NULL,
  detail TEXT NOT NULL,
  least BIGINT NOT NULL,
  units TEXT NOT NULL,
  keep_years BIGINT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE archive_document (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  heading BIGINT NOT NULL REFERENCES archive_heading (id),
  title TEXT NOT NULL,
  number TEXT NOT NULL,
  dated TEXT NOT NULL,
  unit BIGINT REFERENCES unit (id),
  withdrawn TEXT NOT NULL,
  withdrawn_by BLOB,
  withdrawn_at BIGINT NOT NULL,
  made_by BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE archive_file (
  id INTEGER PRIMARY KEY,
  document BIGINT NOT NULL REFERENCES archive_document (id),
  n BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  type TEXT NOT NULL,
  name TEXT NOT NULL,
  crc32 BIGINT NOT NULL,
  received_by BLOB NOT NULL,
  received_at BIGINT NOT NULL,
  UNIQUE (document, n)
);
CREATE TABLE archive_export (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  heading BIGINT REFERENCES archive_heading (id),
  year BIGINT NOT NULL,
  files BIGINT NOT NULL,
  bytes BIGINT NOT NULL,
  digest TEXT NOT NULL,
  entries TEXT NOT NULL,
  pages BLOB NOT NULL,
  made_by BLOB NOT NULL,
  made_at BIGINT NOT NULL,
  gone_at BIGINT NOT NULL
);
CREATE TABLE figure_course (
  issue INTEGER PRIMARY KEY REFERENCES issue (id),
  moments BLOB NOT NULL,
  category TEXT NOT NULL,
  area BLOB,
  unit BLOB,
  holder BLOB,
  status TEXT NOT NULL,
  own BOOLEAN NOT NULL,
  counted BOOLEAN NOT NULL,
  summable BOOLEAN NOT NULL,
  received_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  steps_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  due_day BIGINT NOT NULL,
  overdue_at BIGINT NOT NULL,
  long_at BIGINT NOT NULL,
  calendar BIGINT NOT NULL,
  held_until BIGINT NOT NULL,
  fixed_at BIGINT NOT NULL,
  failed_at BIGINT NOT NULL,
  gone_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  standing BIGINT NOT NULL,
  to_fix BIGINT NOT NULL,
  found BIGINT NOT NULL
);
CREATE TABLE figure_delta (
  id INTEGER PRIMARY KEY,
  issue BIGINT NOT NULL REFERENCES issue (id),
  cells BLOB NOT NULL
);
CREATE TABLE seal_root (
  id INTEGER PRIMARY KEY,
  root BLOB NOT NULL
);
CREATE TABLE campaign (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  area BIGINT REFERENCES area (id),
  from_day TEXT NOT NULL,
  to_day TEXT NOT NULL,
  categories TEXT NOT NULL,
  groups TEXT NOT NULL,
  targets TEXT NOT NULL,
  closed_at BIGINT NOT NULL,
  closed_by BLOB,
  conclusion TEXT NOT NULL,
  progress TEXT NOT NULL,
  made_by BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE activity (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  note TEXT NOT NULL,
  area BIGINT REFERENCES area (id),
  unit BIGINT REFERENCES unit (id),
  spots TEXT NOT NULL,
  starts_at BIGINT NOT NULL,
  ends_at BIGINT NOT NULL,
  sign_in_code TEXT NOT NULL,
  outcome TEXT NOT NULL,
  people BIGINT NOT NULL,
  places BIGINT NOT NULL,
  vehicles BIGINT NOT NULL,
  tonnes BIGINT NOT NULL,
  counted BOOLEAN NOT NULL,
  done_at BIGINT NOT NULL,
  done_by BLOB,
  cancelled TEXT NOT NULL,
  cancelled_at BIGINT NOT NULL,
  cancelled_by BLOB,
  made_by BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE activity_photo (
  id INTEGER PRIMARY KEY,
  activity BIGINT NOT NULL REFERENCES activity (id),
  stage TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  type TEXT NOT NULL,
  received_by BLOB NOT NULL,
  received_at BIGINT NOT NULL,
  UNIQUE (activity, sha256)
);
CREATE TABLE activity_sign_in (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  activity BIGINT NOT NULL REFERENCES activity (id),
  name TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE TABLE assessment_scheme (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  title TEXT NOT NULL,
  peer_group TEXT NOT NULL,
  weights TEXT NOT NULL,
  grades TEXT NOT NULL,
  least_due BIGINT NOT NULL,
  enabled BOOLEAN NOT NULL,
  version BIGINT NOT NULL,
  made_by BLOB NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE TABLE assessment_sheet (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  scheme BIGINT NOT NULL REFERENCES assessment_scheme (id),
  period TEXT NOT NULL,
  revision BIGINT NOT NULL,
  content TEXT NOT NULL,
  drafted_by BLOB NOT NULL,
  drafted_at BIGINT NOT NULL,
  checked_by BLOB,
  checked_at BIGINT NOT NULL,
  issued_by BLOB,
  issued_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  UNIQUE (scheme, period)
);
CREATE TABLE paper_cancellation (
  id INTEGER PRIMARY KEY,
  paper BIGINT NOT NULL UNIQUE REFERENCES paper (id),
  person BIGINT NOT NULL REFERENCES person (id),
  at BIGINT NOT NULL,
  content_salt BLOB NOT NULL,
  content_seal TEXT NOT NULL
);
CREATE TABLE "agreement" (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL UNIQUE,
  place BIGINT REFERENCES place (id),
  kind TEXT NOT NULL,
  signed_on TEXT NOT NULL,
  valid_to TEXT NOT NULL,
  signed_by TEXT NOT NULL,
  scan TEXT NOT NULL,
  scan_bytes BIGINT NOT NULL,
  scan_type TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  unit BIGINT REFERENCES unit (id)
);
CREATE TABLE river_leader (
    elected_at timestamp NOT NULL,
    expires_at timestamp NOT NULL,
    leader_id text NOT NULL,
    name text PRIMARY KEY NOT NULL DEFAULT 'default' CHECK (name = 'default'),
    CONSTRAINT name_length CHECK (length(name) > 0 AND length(name) < 128),
    CONSTRAINT leader_id_length CHECK (length(leader_id) > 0 AND length(leader_id) < 128)
);
CREATE TABLE river_migration (
    line text NOT NULL,
    version integer NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT line_length CHECK (length(line) > 0 AND length(line) < 128),
    CONSTRAINT version_gte_1 CHECK (version >= 1),
    PRIMARY KEY (line, version)
);
INSERT INTO river_migration VALUES ('main', 1, '2026-11-30 17:13:20');
INSERT INTO river_migration VALUES ('main', 2, '2026-11-30 17:13:20');
INSERT INTO river_migration VALUES ('main', 3, '2026-11-30 17:13:20');
INSERT INTO river_migration VALUES ('main', 4, '2026-11-30 17:13:20');
INSERT INTO river_migration VALUES ('main', 5, '2026-11-30 17:13:20');
INSERT INTO river_migration VALUES ('main', 6, '2026-11-30 17:13:20');
INSERT INTO river_migration VALUES ('main', 7, '2026-11-30 17:13:20');
INSERT INTO river_migration VALUES ('main', 8, '2026-11-30 17:13:20');
CREATE TABLE river_notification (
    id integer PRIMARY KEY AUTOINCREMENT,
    created_at timestamp NOT NULL DEFAULT (datetime('now', 'subsec')),
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT topic_length CHECK (length(topic) > 0 AND length(topic) < 128)
);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES ('river_job', 1);
CREATE TABLE river_queue (
    name text PRIMARY KEY NOT NULL,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    metadata blob NOT NULL DEFAULT (jsonb('{}')),
    paused_at timestamp,
    updated_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE river_job (
    id integer PRIMARY KEY AUTOINCREMENT,
    args blob NOT NULL DEFAULT (jsonb('{}')),
    attempt integer NOT NULL DEFAULT 0,
    attempted_at timestamp,
    attempted_by blob, -- json
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    errors blob, -- json
    finalized_at timestamp,
    kind text NOT NULL,
    max_attempts integer NOT NULL DEFAULT 25,
    metadata blob NOT NULL DEFAULT (jsonb('{}')),
    priority integer NOT NULL DEFAULT 1,
    queue text NOT NULL DEFAULT 'default',
    state text NOT NULL DEFAULT 'available',
    scheduled_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    tags blob NOT NULL DEFAULT (jsonb('[]')),
    unique_key blob,
    unique_states integer,
    CONSTRAINT finalized_or_finalized_at_null CHECK (
        (finalized_at IS NULL AND state NOT IN ('cancelled', 'completed', 'discarded')) OR
        (finalized_at IS NOT NULL AND state IN ('cancelled', 'completed', 'discarded'))
    ),
    CONSTRAINT priority_in_range CHECK (priority >= 1 AND priority <= 4),
    CONSTRAINT queue_length CHECK (length(queue) > 0 AND length(queue) < 128),
    CONSTRAINT kind_length CHECK (length(kind) > 0 AND length(kind) < 128),
    CONSTRAINT state_valid CHECK (state IN ('available', 'cancelled', 'completed', 'discarded', 'pending', 'retryable', 'running', 'scheduled'))
);
INSERT INTO river_job VALUES (1, X'9C476E616D65376D7564', 0, NULL, NULL, '2026-11-30 17:13:20.743', NULL, NULL, 'test.note', 25, X'CC26C71272697665723A756E697175655F6E6F6E6365C71037336138346439646532326666643563', 1, 'default', 'scheduled', '2026-11-26 02:00:00.455', X'0B', NULL, NULL);
CREATE INDEX unit_parent ON unit (parent);
CREATE INDEX area_parent ON area (parent);
CREATE INDEX role_grant_person ON role_grant (person);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expiry ON session (expires_at);
CREATE INDEX login_limit_last ON login_limit (last_at);
CREATE INDEX security_log_kind ON security_log (kind, id);
CREATE INDEX security_log_at ON security_log (at);
CREATE INDEX issue_status ON issue (status, id);
CREATE INDEX issue_unit ON issue (unit, id);
CREATE INDEX issue_area ON issue (area, id);
CREATE INDEX issue_category ON issue (category, id);
CREATE INDEX issue_reporter ON issue (reporter, id);
CREATE INDEX issue_by_due ON issue ((CASE WHEN due_at = 0 THEN 9223372036854775807 ELSE due_at END), id);
CREATE INDEX issue_merged ON issue (merged_into);
CREATE INDEX issue_incomplete ON issue (id) WHERE photos_safe < photos_declared;
CREATE INDEX photo_issue ON photo (issue, id);
CREATE INDEX photo_sha256 ON photo (sha256);
CREATE INDEX rendition_sha256 ON rendition (sha256);
CREATE INDEX flag_issue ON flag (issue);
CREATE INDEX action_issue ON action (issue, kind);
CREATE INDEX event_at ON event (at);
CREATE INDEX upload_expires ON upload (expires_at);
CREATE INDEX upload_chunk_key ON upload_chunk (key);
CREATE INDEX issue_flagged ON issue (id) WHERE flags_open > 0;
CREATE UNIQUE INDEX flag_uid ON flag (uid);
CREATE INDEX photo_band_band ON photo_band (band, photo);
CREATE INDEX issue_reported ON issue (reported_at, id);
CREATE INDEX issue_closed ON issue (closed_at, id);
CREATE INDEX issue_cell ON issue (cell, id);
CREATE INDEX issue_status_due ON issue (status, (CASE WHEN due_at = 0 THEN 9223372036854775807 ELSE due_at END), id);
CREATE TRIGGER issue_on_map AFTER INSERT ON issue BEGIN
  INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
  SELECT l.level, NEW.cell >> (52 - 2 * l.level), COALESCE(NEW.area, 0), (1) * (NEW.status = 'reported'), (1) * (NEW.status = 'assigned'),
    (1) * (NEW.status = 'fixed'), (1) * (NEW.status = 'verified'), (1) * CAST(floor(NEW.lat * 10000000) AS BIGINT), (1) * CAST(floor(NEW.lon * 10000000) AS BIGINT)
  FROM (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l WHERE NEW.cell IS NOT NULL AND NEW.status NOT IN ('dismissed', 'merged')
  ON CONFLICT (level, cell, area) DO UPDATE SET reported = map_cell.reported + excluded.reported, assigned = map_cell.assigned + excluded.assigned,
    fixed = map_cell.fixed + excluded.fixed, verified = map_cell.verified + excluded.verified, lat = map_cell.lat + excluded.lat, lon = map_cell.lon + excluded.lon; END;
CREATE TRIGGER issue_moved_on_map AFTER UPDATE OF status, area, cell, lat, lon ON issue
WHEN OLD.status <> NEW.status OR OLD.area IS NOT NEW.area OR OLD.cell IS NOT NEW.cell OR OLD.lat IS NOT NEW.lat OR OLD.lon IS NOT NEW.lon BEGIN
  INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
  SELECT l.level, OLD.cell >> (52 - 2 * l.level), COALESCE(OLD.area, 0), (-1) * (OLD.status = 'reported'), (-1) * (OLD.status = 'assigned'),
    (-1) * (OLD.status = 'fixed'), (-1) * (OLD.status = 'verified'), (-1) * CAST(floor(OLD.lat * 10000000) AS BIGINT), (-1) * CAST(floor(OLD.lon * 10000000) AS BIGINT)
  FROM (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l WHERE OLD.cell IS NOT NULL AND OLD.status NOT IN ('dismissed', 'merged')
  ON CONFLICT (level, cell, area) DO UPDATE SET reported = map_cell.reported + excluded.reported, assigned = map_cell.assigned + excluded.assigned,
    fixed = map_cell.fixed + excluded.fixed, verified = map_cell.verified + excluded.verified, lat = map_cell.lat + excluded.lat, lon = map_cell.lon + excluded.lon; INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
  SELECT l.level, NEW.cell >> (52 - 2 * l.level), COALESCE(NEW.area, 0), (1) * (NEW.status = 'reported'), (1) * (NEW.status = 'assigned'),
    (1) * (NEW.status = 'fixed'), (1) * (NEW.status = 'verified'), (1) * CAST(floor(NEW.lat * 10000000) AS BIGINT), (1) * CAST(floor(NEW.lon * 10000000) AS BIGINT)
  FROM (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l WHERE NEW.cell IS NOT NULL AND NEW.status NOT IN ('dismissed', 'merged')
  ON CONFLICT (level, cell, area) DO UPDATE SET reported = map_cell.reported + excluded.reported, assigned = map_cell.assigned + excluded.assigned,
    fixed = map_cell.fixed + excluded.fixed, verified = map_cell.verified + excluded.verified, lat = map_cell.lat + excluded.lat, lon = map_cell.lon + excluded.lon; END;
CREATE TRIGGER issue_off_map AFTER DELETE ON issue BEGIN
  INSERT INTO map_cell (level, cell, area, reported, assigned, fixed, verified, lat, lon)
  SELECT l.level, OLD.cell >> (52 - 2 * l.level), COALESCE(OLD.area, 0), (-1) * (OLD.status = 'reported'), (-1) * (OLD.status = 'assigned'),
    (-1) * (OLD.status = 'fixed'), (-1) * (OLD.status = 'verified'), (-1) * CAST(floor(OLD.lat * 10000000) AS BIGINT), (-1) * CAST(floor(OLD.lon * 10000000) AS BIGINT)
  FROM (SELECT 8 AS level UNION ALL SELECT 10 UNION ALL SELECT 12 UNION ALL SELECT 14 UNION ALL SELECT 16 UNION ALL SELECT 18) l WHERE OLD.cell IS NOT NULL AND OLD.status NOT IN ('dismissed', 'merged')
  ON CONFLICT (level, cell, area) DO UPDATE SET reported = map_cell.reported + excluded.reported, assigned = map_cell.assigned + excluded.assigned,
    fixed = map_cell.fixed + excluded.fixed, verified = map_cell.verified + excluded.verified, lat = map_cell.lat + excluded.lat, lon = map_cell.lon + excluded.lon; END;
CREATE INDEX issue_alert ON issue (alert_at, id) WHERE alert_at > 0;
CREATE INDEX rule_category ON rule (category, number, version);
CREATE INDEX suspension_to ON suspension (to_at);
CREATE INDEX session_issue ON session (issue);
CREATE INDEX paper_unit ON paper (unit, id);
CREATE INDEX paper_batch_of ON paper (batch, id);
CREATE INDEX paper_pdf ON paper (pdf);
CREATE INDEX paper_docx ON paper (docx);
CREATE INDEX paper_issue_issue ON paper_issue (issue, paper);
CREATE INDEX paper_receipt_signature ON paper_receipt (signature);
CREATE INDEX role_grant_scope ON role_grant (role, scope_kind, scope_uid) WHERE until = 0;
CREATE INDEX message_due ON message (due_at, id) WHERE state = 'queued';
CREATE INDEX message_gathered ON message (recipient, channel) WHERE state = 'queued' AND gathered;
CREATE INDEX message_parcel ON message (parcel) WHERE parcel IS NOT NULL;
CREATE INDEX message_recipient ON message (recipient, channel, id);
CREATE INDEX message_unread ON message (recipient, id) WHERE channel = 'inbox' AND read_at = 0;
CREATE INDEX message_state ON message (state, id);
CREATE INDEX attempt_parcel ON attempt (parcel, id);
CREATE INDEX push_subscription_person ON push_subscription (person);
CREATE INDEX area_import_sha256 ON area_import (sha256);
CREATE INDEX responsibility_for ON responsibility (area, category, grp, valid_to) WHERE enabled;
CREATE INDEX responsibility_unit ON responsibility (unit, id);
CREATE INDEX responsibility_area ON responsibility (area, id);
CREATE UNIQUE INDEX place_number ON place (kind, number) WHERE number <> '';
CREATE INDEX place_cell ON place (cell, id);
CREATE INDEX place_kind_cell ON place (kind, cell, id);
CREATE INDEX issue_signed_front ON issue (id) WHERE signed_front;
CREATE INDEX paper_issued ON paper (issued_at, id);
CREATE INDEX outline_untold ON outline (id) WHERE NOT told;
CREATE INDEX area_outline ON area (outline) WHERE outline IS NOT NULL;
CREATE INDEX issue_recurs ON issue (recurs, id) WHERE recurs IS NOT NULL;
CREATE INDEX plan_task_year ON plan_task (year, id);
CREATE INDEX plan_task_unit ON plan_task (unit, year, id);
CREATE INDEX issue_came_back ON issue (received_at) WHERE recurs IS NOT NULL;
CREATE INDEX happening_issue ON happening (issue) WHERE issue IS NOT NULL;
CREATE INDEX action_late ON action (received_at) WHERE late;
CREATE INDEX publication_file_sha256 ON publication_file (sha256);
CREATE INDEX issue_import_sent ON issue_import (state, sent_at);
CREATE INDEX issue_import_file ON issue_import (sha256);
CREATE INDEX issue_import_row_state ON issue_import_row (import, state, n);
CREATE UNIQUE INDEX issue_outside ON issue (source, outside) WHERE outside <> '';
CREATE INDEX issue_import_of ON issue (import, id) WHERE import IS NOT NULL;
CREATE INDEX issue_keeper ON issue (keeper, id) WHERE keeper IS NOT NULL;
CREATE INDEX issue_part_unit ON issue_part (unit, issue) WHERE assists;
CREATE INDEX issue_part_open ON issue_part (unit, issue) WHERE replied_at = 0 AND ended_at = 0;
CREATE INDEX issue_part_due ON issue_part (due_at, unit);
CREATE INDEX publication_series ON publication (genre, kind, scope, issued_at);
CREATE UNIQUE INDEX publication_number ON publication (genre, kind, scope, year, n) WHERE n > 0;
CREATE INDEX action_verified ON action (credited_at) WHERE kind = 'verify';
CREATE INDEX assessment_point_day ON assessment_point (day, id);
CREATE INDEX return_sent_form ON return_sent (form, starts, id);
CREATE INDEX exposure_state ON exposure (state, decided_at);
CREATE INDEX issue_unit_status ON issue (unit, status, id);
CREATE INDEX issue_area_status ON issue (area, status, id);
CREATE INDEX issue_category_status ON issue (category, status, id);
CREATE INDEX issue_reporter_status ON issue (reporter, status, id);
CREATE INDEX issue_fixed_late ON issue (id) WHERE status IN ('assigned', 'fixed') AND fixed_at > due_at AND due_at > 0;
CREATE INDEX draw_purpose ON draw (purpose, id);
CREATE INDEX draw_kind ON draw (kind, area, id);
CREATE INDEX visit_target ON visit (target, done_at, id);
CREATE INDEX visit_unit ON visit (unit, id);
CREATE INDEX visit_area ON visit (area, id);
CREATE INDEX visit_person ON visit (person, id);
CREATE INDEX visit_contest ON visit (contested_at) WHERE contested_at > 0 AND decided_at = 0;
CREATE INDEX visit_finding_visit ON visit_finding (visit);
CREATE UNIQUE INDEX round_due ON round (duty, target, day, n) WHERE opened_on <> '';
CREATE INDEX round_day ON round (day, target);
CREATE INDEX round_period ON round (period, duty, target, opened_on, closes_at, done_at, excused_at, area, unit);
CREATE INDEX round_target ON round (target, done_at);
CREATE INDEX round_closes ON round (duty, closes_at) WHERE opened_on <> '';
CREATE INDEX round_person ON round (person, done_at);
CREATE INDEX leave_of_days ON leave_of (valid_to);
CREATE INDEX work_done_day ON work_done (day);
CREATE INDEX work_done_issue ON work_done (issue);
CREATE INDEX quantity_work ON quantity (work);
CREATE INDEX place_looked ON place (kind, area, looked_at, valid_from, valid_to, enabled);
CREATE INDEX issue_spot ON issue (spot, id);
CREATE INDEX archive_document_heading ON archive_document (heading, dated, id);
CREATE INDEX archive_document_dated ON archive_document (dated, id);
CREATE INDEX archive_file_sha256 ON archive_file (sha256);
CREATE INDEX issue_reply_by ON issue (reply_by) WHERE reply_by > 0;
CREATE INDEX issue_line ON issue (cell, id) WHERE line <> '';
CREATE INDEX issue_pending ON issue (id) WHERE pending > 0;
CREATE INDEX figure_course_life ON figure_course (until_at, received_at);
CREATE INDEX figure_course_single ON figure_course (until_at, received_at) WHERE NOT summable;
CREATE INDEX figure_course_last ON figure_course (last_at, received_at);
CREATE INDEX figure_course_open ON figure_course (due_at, holder, unit, category, due_day, overdue_at, long_at, calendar, held_until, failed_at, summable, last_at,
  status, own, issue) WHERE status = 'assigned' AND NOT own;
CREATE INDEX figure_course_held ON figure_course (held_until) WHERE status = 'assigned' AND held_until > 0;
CREATE INDEX figure_course_failed ON figure_course (failed_at) WHERE status = 'assigned' AND NOT own AND failed_at > 0;
CREATE INDEX figure_course_calendar ON figure_course (calendar) WHERE status = 'assigned' AND NOT own;
CREATE INDEX figure_course_due ON figure_course (due_at, unit, category, standing, held_until, last_at, counted, summable) WHERE counted AND summable;
CREATE INDEX figure_course_steps ON figure_course (steps_at);
CREATE INDEX figure_course_times ON figure_course (due_at, unit, category, to_fix, found, last_at, counted, summable, issue)
  WHERE counted AND summable AND to_fix >= 0;
CREATE INDEX figure_course_late ON figure_course (fixed_at, due_at) WHERE counted AND summable AND to_fix >= 0;
CREATE INDEX figure_course_undone ON figure_course (until_at, due_at) WHERE counted AND NOT own AND status <> 'assigned' AND to_fix < 0;
CREATE INDEX figure_course_gone ON figure_course (gone_at) WHERE gone_at > 0;
CREATE INDEX person_look ON person (look);
CREATE INDEX security_log_unsent ON security_log (id) WHERE unsent > 0;
CREATE INDEX security_log_person ON security_log (person, id);
CREATE INDEX security_log_about ON security_log (about, id);
CREATE INDEX security_log_address ON security_log (address, id);
CREATE INDEX activity_starts ON activity (starts_at, id);
CREATE UNIQUE INDEX activity_code ON activity (sign_in_code) WHERE sign_in_code <> '';
CREATE INDEX activity_photo_sha256 ON activity_photo (sha256);
CREATE INDEX activity_sign_in_of ON activity_sign_in (activity, id);
CREATE INDEX visit_done ON visit (done_at, unit, score, scored, rechecks, contested_at, decided_at);
CREATE INDEX agreement_scan ON agreement (scan) WHERE scan <> '';
CREATE INDEX agreement_place ON agreement (place, valid_to) WHERE enabled;
CREATE INDEX agreement_of ON agreement (place, id);
CREATE INDEX agreement_ends ON agreement (valid_to, id) WHERE enabled;
CREATE INDEX agreement_unit ON agreement (unit, id);
CREATE INDEX river_notification_created_at_idx ON river_notification (created_at);
CREATE INDEX river_notification_topic_id_idx ON river_notification (topic, id);
CREATE INDEX river_job_kind ON river_job (kind);
CREATE INDEX river_job_state_and_finalized_at_index ON river_job (state, finalized_at) WHERE finalized_at IS NOT NULL;
CREATE INDEX river_job_prioritized_fetching_index ON river_job (state, queue, priority, scheduled_at, id);
CREATE UNIQUE INDEX river_job_unique_idx ON river_job (unique_key)
    WHERE unique_key IS NOT NULL
        AND unique_states IS NOT NULL
        AND CASE state
            WHEN 'available' THEN unique_states & (1 << 0)
            WHEN 'cancelled' THEN unique_states & (1 << 1)
            WHEN 'completed' THEN unique_states & (1 << 2)
            WHEN 'discarded' THEN unique_states & (1 << 3)
            WHEN 'pending'   THEN unique_states & (1 << 4)
            WHEN 'retryable' THEN unique_states & (1 << 5)
            WHEN 'running'   THEN unique_states & (1 << 6)
            WHEN 'scheduled' THEN unique_states & (1 << 7)
            ELSE 0
        END >= 1;
COMMIT;
