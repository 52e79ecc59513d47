-- The view of the topics. All of it can be rebuilt; `offsets` and what was read are written in one transaction.
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS offsets (topic TEXT, part INTEGER, next INTEGER NOT NULL, PRIMARY KEY (topic, part));

CREATE TABLE IF NOT EXISTS cases (
    id TEXT PRIMARY KEY, unit TEXT NOT NULL, touchpoint TEXT NOT NULL, severity TEXT NOT NULL, owner TEXT,
    is_open INTEGER NOT NULL, received_at INTEGER NOT NULL, due_at INTEGER, revision INTEGER NOT NULL,
    last_at INTEGER NOT NULL, record BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS cases_due ON cases (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS cases_open ON cases (is_open, unit, owner, due_at, received_at) WHERE is_open;
CREATE INDEX IF NOT EXISTS cases_owner ON cases (owner, received_at);

-- Every record of a case, as it came: what was announced and retracted stays in its story.
CREATE TABLE IF NOT EXISTS said (
    topic TEXT, part INTEGER, off INTEGER, id TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (topic, part, off));
CREATE INDEX IF NOT EXISTS said_of ON said (id);

-- Alarms that stand.
CREATE TABLE IF NOT EXISTS standing (
    alarm TEXT PRIMARY KEY, id TEXT, unit TEXT NOT NULL, level TEXT NOT NULL, announced_at INTEGER NOT NULL,
    record BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS standing_unit ON standing (unit, announced_at);

CREATE TABLE IF NOT EXISTS windows (key TEXT PRIMARY KEY, measure TEXT NOT NULL, record BLOB NOT NULL);

CREATE TABLE IF NOT EXISTS audits (
    audit TEXT PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL, unit TEXT NOT NULL,
    record BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS audits_of ON audits (id, at);
CREATE INDEX IF NOT EXISTS audits_at ON audits (at);
