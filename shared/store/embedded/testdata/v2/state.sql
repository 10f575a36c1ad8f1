create table counter (version integer not null) strict;
insert into counter values (41);

create table record (
  kind text not null,
  key text not null,
  version integer not null,
  body blob not null,
  due integer,
  expires integer,
  primary key (kind, key)
) strict;
create index record_due on record (kind, due) where due is not null;
create index record_expires on record (expires) where expires is not null;

create table outbox (
  id text primary key,
  queue text not null,
  body blob not null,
  not_before integer,
  overdue integer not null
) strict;
create index outbox_written on outbox (overdue);

create table goqite (
  id text primary key default ('m_' || lower(hex(randomblob(16)))),
  created text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
  updated text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
  queue text not null,
  body blob not null,
  timeout text not null default (strftime('%Y-%m-%dT%H:%M:%fZ')),
  received integer not null default 0,
  priority integer not null default 0
, command text not null default '') strict;
create index goqite_timeout on goqite (queue, timeout);

insert into record values ('exchange', 'x-1', 40, cast('{"state":"sent"}' as blob), 1795507260000, null);
insert into record values ('exchange', 'x-2', 41, cast('{"state":"final"}' as blob), null, null);
insert into record values ('session', 's-1', 12, cast('{}' as blob), null, 1795507800000);
insert into outbox values ('x-1/send', 'work', cast('{"id":"x-1/send"}' as blob), 1795507200000, 1795507320000);
insert into outbox values ('x-1/later', 'work', cast('{"id":"x-1/later"}' as blob), 1795507500000, 1795507620000);
insert into outbox values ('x-2/waiting', 'work', cast('{"id":"waiting"}' as blob), 1795507200000, 1795507320000);
insert into outbox values ('x-3/dead', 'work', cast('{"id":"dead"}' as blob), 1795503600000, 1795591800000);
insert into goqite values ('m_00000000000000000000000000000001', '2026-11-24T08:00:00.000Z', '2026-11-24T08:00:00.000Z', 'work', cast('{"id":"waiting"}' as blob), '2026-11-24T08:00:00.000Z', 1, 0, 'x-2/waiting');
insert into goqite values ('m_00000000000000000000000000000002', '2026-11-24T07:00:00.000Z', '2026-11-24T07:00:00.000Z', 'work/dead', cast('{"id":"dead"}' as blob), '2026-11-24T07:30:00.000Z', 3, 0, 'x-3/dead');
pragma user_version = 2;
