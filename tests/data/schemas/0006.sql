BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0006');
CREATE TABLE audit_events (
	org_id TEXT NOT NULL, 
	event_id TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	actor_id TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	what TEXT NOT NULL, 
	details TEXT NOT NULL, 
	CONSTRAINT pk_audit_events PRIMARY KEY (org_id, event_id)
);
INSERT INTO "audit_events" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','audit_events event_id 0','2026-03-01 09:30:15.250000','audit_events actor_id 0','audit_events actor 0','saved the table','audit_events details 0');
INSERT INTO "audit_events" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','audit_events event_id 1','2026-03-01 09:31:15.250000','audit_events actor_id 1','audit_events actor 1','saved the table','audit_events details 1');
CREATE TABLE drafts (
	org_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	base_revision INTEGER NOT NULL, 
	changes JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (org_id, user_id)
);
INSERT INTO "drafts" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22',2,'{}','2026-03-01 09:30:15.250000');
INSERT INTO "drafts" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22',2,'{}','2026-03-01 09:31:15.250000');
CREATE TABLE entry_versions (
	org_id TEXT NOT NULL, 
	entry_id INTEGER NOT NULL, 
	since_revision INTEGER NOT NULL, 
	until_revision INTEGER, 
	question TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	alternates JSON NOT NULL, 
	tags JSON NOT NULL, 
	enabled BOOLEAN NOT NULL, 
	CONSTRAINT pk_entry_versions PRIMARY KEY (org_id, entry_id, since_revision), 
	CONSTRAINT fk_entry_versions_org_id FOREIGN KEY(org_id) REFERENCES orgs (org_id)
);
INSERT INTO "entry_versions" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01',1,1,2,'What are your hours? 🕘 «Öffnungszeiten»','9 to 5','["opening hours"]','["\u00dcn\u00efcode", "hours"]',1);
INSERT INTO "entry_versions" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01',1,2,NULL,'What are your hours? 🕘 «Öffnungszeiten»','9 to 5
and, on “Sundays”, 10 to 4 | ### \N','["opening hours"]','["\u00dcn\u00efcode", "hours"]',1);
INSERT INTO "entry_versions" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01',2,1,NULL,'Are you hiring?','Yes','["opening hours"]','["\u00dcn\u00efcode", "hours"]',1);
INSERT INTO "entry_versions" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02',1,1,2,'What are your hours? 🕘 «Öffnungszeiten»','9 to 5','["opening hours"]','["\u00dcn\u00efcode", "hours"]',1);
INSERT INTO "entry_versions" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02',1,2,NULL,'What are your hours? 🕘 «Öffnungszeiten»','9 to 5
and, on “Sundays”, 10 to 4 | ### \N','["opening hours"]','["\u00dcn\u00efcode", "hours"]',1);
INSERT INTO "entry_versions" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02',2,1,NULL,'Are you hiring?','Yes','["opening hours"]','["\u00dcn\u00efcode", "hours"]',1);
CREATE TABLE idempotency_keys (
	org_id TEXT NOT NULL, 
	user_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	answer JSON, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_idempotency_keys PRIMARY KEY (org_id, user_id, "key")
);
INSERT INTO "idempotency_keys" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','idempotency_keys key 0','idempotency_keys fingerprint 0','{"made": "up"}','2026-03-01 09:30:15.250000');
INSERT INTO "idempotency_keys" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','idempotency_keys key 1','idempotency_keys fingerprint 1','{"made": "up"}','2026-03-01 09:31:15.250000');
CREATE TABLE installation (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_installation PRIMARY KEY (name)
);
INSERT INTO "installation" VALUES('sign_in','demo');
CREATE TABLE last_orgs (
	user_id TEXT NOT NULL, 
	org_id TEXT NOT NULL, 
	CONSTRAINT pk_last_orgs PRIMARY KEY (user_id)
);
INSERT INTO "last_orgs" VALUES('3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','last_orgs org_id 0');
INSERT INTO "last_orgs" VALUES('another','last_orgs org_id 1');
CREATE TABLE orgs (
	org_id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	next_entry_id INTEGER NOT NULL, 
	CONSTRAINT pk_orgs PRIMARY KEY (org_id)
);
INSERT INTO "orgs" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01',2,3);
INSERT INTO "orgs" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02',2,3);
CREATE TABLE replies (
	org_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	reply JSON NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_replies PRIMARY KEY (org_id, "key")
);
INSERT INTO "replies" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','replies key 0','{"made": "up"}','2026-03-01 09:30:15.250000');
INSERT INTO "replies" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','replies key 1','{"made": "up"}','2026-03-01 09:31:15.250000');
CREATE TABLE reservations (
	org_id TEXT NOT NULL, 
	reservation_id TEXT NOT NULL, 
	month TEXT NOT NULL, 
	nano_usd BIGINT NOT NULL, 
	unpriced_tokens BIGINT NOT NULL, 
	expires_at DATETIME, 
	CONSTRAINT pk_reservations PRIMARY KEY (org_id, reservation_id)
);
INSERT INTO "reservations" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','reservations reservation_id 0','2026-03',2000000000000,2000000000000,'2026-03-01 09:30:15.250000');
INSERT INTO "reservations" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','reservations reservation_id 1','2026-03',2000000000001,2000000000001,'2026-03-01 09:31:15.250000');
CREATE TABLE revisions (
	org_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	author_id TEXT NOT NULL, 
	author TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	note TEXT NOT NULL, 
	added INTEGER NOT NULL, 
	edited INTEGER NOT NULL, 
	deleted INTEGER NOT NULL, policy JSON, 
	CONSTRAINT pk_revisions PRIMARY KEY (org_id, number), 
	CONSTRAINT fk_revisions_org_id FOREIGN KEY(org_id) REFERENCES orgs (org_id)
);
INSERT INTO "revisions" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01',1,'3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:30:15.250000','first',2,0,0,'{"fallback": "A human will be in touch shortly", "strictness": 0.05, "promise": null, "model": {"engine": "deployment", "base_url": "", "model": "", "style": "best", "company": "", "description": "", "negatives": [], "examples": [], "least_confidence": 0.0, "shortlist": 20, "calls_in_flight": 8, "usd_a_month": 25.0, "tokens_a_month": 25000000}}');
INSERT INTO "revisions" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01',2,'3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:31:15.250000','second',0,1,0,'{"fallback": "A human will be in touch shortly", "strictness": 0.05, "promise": null, "model": {"engine": "deployment", "base_url": "", "model": "", "style": "best", "company": "", "description": "", "negatives": [], "examples": [], "least_confidence": 0.0, "shortlist": 20, "calls_in_flight": 8, "usd_a_month": 25.0, "tokens_a_month": 25000000}}');
INSERT INTO "revisions" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02',1,'3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:32:15.250000','first',2,0,0,'{"fallback": "A human will be in touch shortly", "strictness": 0.05, "promise": null, "model": {"engine": "deployment", "base_url": "", "model": "", "style": "best", "company": "", "description": "", "negatives": [], "examples": [], "least_confidence": 0.0, "shortlist": 20, "calls_in_flight": 8, "usd_a_month": 25.0, "tokens_a_month": 25000000}}');
INSERT INTO "revisions" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02',2,'3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:33:15.250000','second',0,1,0,'{"fallback": "A human will be in touch shortly", "strictness": 0.05, "promise": null, "model": {"engine": "deployment", "base_url": "", "model": "", "style": "best", "company": "", "description": "", "negatives": [], "examples": [], "least_confidence": 0.0, "shortlist": 20, "calls_in_flight": 8, "usd_a_month": 25.0, "tokens_a_month": 25000000}}');
CREATE TABLE run_rows (
	org_id TEXT NOT NULL, 
	run_id TEXT NOT NULL, 
	"row" INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	question TEXT NOT NULL, 
	expected TEXT NOT NULL, 
	label TEXT NOT NULL, 
	label_ids JSON NOT NULL, 
	extra JSON NOT NULL, 
	verdict TEXT, 
	given_id INTEGER, 
	best_id INTEGER, 
	phrasing TEXT, 
	score FLOAT, 
	confidence FLOAT, 
	seconds FLOAT, 
	reason TEXT, sent INTEGER, received INTEGER, cached INTEGER, nano_usd BIGINT, reused BOOLEAN, offered BOOLEAN, 
	CONSTRAINT pk_run_rows PRIMARY KEY (org_id, run_id, "row"), 
	CONSTRAINT fk_run_rows_org_id_run_id FOREIGN KEY(org_id, run_id) REFERENCES runs (org_id, run_id)
);
INSERT INTO "run_rows" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01',0,2,'when open','What are your hours? 🕘 «Öffnungszeiten»','entry','[1]','{"tags": ["x"], "note": "a note"}','right',1,1,'run_rows phrasing 0',0.1,0.1,0.1,'run_rows reason 0',1,1,1,2000000000000,0,0);
INSERT INTO "run_rows" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01',1,3,'a joke?','__fallback__','fallback','[]','{"tags": ["x"], "note": "a note"}',NULL,NULL,2,'run_rows phrasing 1',1.1,1.1,1.1,'run_rows reason 1',2,2,2,2000000000001,1,1);
INSERT INTO "run_rows" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01',0,2,'when open','What are your hours? 🕘 «Öffnungszeiten»','entry','[1]','{"tags": ["x"], "note": "a note"}','right',1,3,'run_rows phrasing 2',2.1,2.1,2.1,'run_rows reason 2',3,3,3,2000000000002,0,0);
INSERT INTO "run_rows" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01',1,3,'a joke?','__fallback__','fallback','[]','{"tags": ["x"], "note": "a note"}',NULL,NULL,4,'run_rows phrasing 3',3.1,3.1,3.1,'run_rows reason 3',4,4,4,2000000000003,1,1);
CREATE TABLE runs (
	org_id TEXT NOT NULL, 
	run_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	policy JSON NOT NULL, 
	engine TEXT NOT NULL, 
	engine_version TEXT NOT NULL, 
	status TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	total INTEGER NOT NULL, 
	finished INTEGER NOT NULL, 
	author_id TEXT NOT NULL, 
	author TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	started_at DATETIME, 
	ended_at DATETIME, 
	worker TEXT, 
	heartbeat_at DATETIME, anew BOOLEAN DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_runs PRIMARY KEY (org_id, run_id)
);
INSERT INTO "runs" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01','faq.csv',2,'{"fallback": "A human will be in touch shortly", "strictness": 0.05, "promise": null, "model": {"engine": "deployment", "base_url": "", "model": "", "style": "best", "company": "", "description": "", "negatives": [], "examples": [], "least_confidence": 0.0, "shortlist": 20, "calls_in_flight": 8, "usd_a_month": 25.0, "tokens_a_month": 25000000}}','runs engine 0','runs engine_version 0','paused','runs reason 0',2,1,'3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:30:15.250000','2026-03-01 09:30:15.250000','2026-03-01 09:30:15.250000','runs worker 0','2026-03-01 09:30:15.250000',0);
INSERT INTO "runs" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01','faq.csv',2,'{"fallback": "A human will be in touch shortly", "strictness": 0.05, "promise": null, "model": {"engine": "deployment", "base_url": "", "model": "", "style": "best", "company": "", "description": "", "negatives": [], "examples": [], "least_confidence": 0.0, "shortlist": 20, "calls_in_flight": 8, "usd_a_month": 25.0, "tokens_a_month": 25000000}}','runs engine 1','runs engine_version 1','paused','runs reason 1',2,1,'3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:31:15.250000','2026-03-01 09:31:15.250000','2026-03-01 09:31:15.250000','runs worker 1','2026-03-01 09:31:15.250000',1);
CREATE TABLE server_keys (
	org_id TEXT NOT NULL, 
	address TEXT NOT NULL, 
	sealed TEXT NOT NULL, 
	author_id TEXT NOT NULL, 
	author TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_server_keys PRIMARY KEY (org_id, address)
);
INSERT INTO "server_keys" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','server_keys address 0','server_keys sealed 0','3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:30:15.250000');
INSERT INTO "server_keys" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','server_keys address 1','server_keys sealed 1','3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:31:15.250000');
CREATE TABLE shared_examples (
	org_id TEXT NOT NULL, 
	example_id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	entries JSON NOT NULL, 
	negatives JSON NOT NULL, 
	author_id TEXT NOT NULL, 
	author TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_shared_examples PRIMARY KEY (org_id), 
	CONSTRAINT uq_shared_examples_example_id UNIQUE (example_id)
);
INSERT INTO "shared_examples" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','shared_examples example_id 0','a name','{"made": "up"}','{"made": "up"}','3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:30:15.250000');
INSERT INTO "shared_examples" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','shared_examples example_id 1','a name','{"made": "up"}','{"made": "up"}','3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:31:15.250000');
CREATE TABLE sign_outs (
	user_id TEXT NOT NULL, 
	"before" DATETIME NOT NULL, 
	CONSTRAINT pk_sign_outs PRIMARY KEY (user_id)
);
INSERT INTO "sign_outs" VALUES('3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','2026-03-01 09:30:15.250000');
INSERT INTO "sign_outs" VALUES('another','2026-03-01 09:31:15.250000');
CREATE TABLE spending (
	org_id TEXT NOT NULL, 
	month TEXT NOT NULL, 
	calls BIGINT NOT NULL, 
	sent BIGINT NOT NULL, 
	received BIGINT NOT NULL, 
	cached BIGINT NOT NULL, 
	nano_usd BIGINT NOT NULL, 
	unpriced_tokens BIGINT NOT NULL, 
	CONSTRAINT pk_spending PRIMARY KEY (org_id, month)
);
INSERT INTO "spending" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','2026-03',2000000000000,2000000000000,2000000000000,2000000000000,2000000000000,2000000000000);
INSERT INTO "spending" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','2026-03',2000000000001,2000000000001,2000000000001,2000000000001,2000000000001,2000000000001);
CREATE INDEX ix_runs_org_id_created_at ON runs (org_id, created_at);
CREATE INDEX ix_runs_status ON runs (status);
CREATE INDEX ix_entry_versions_org_id_until_revision ON entry_versions (org_id, until_revision);
CREATE INDEX ix_replies_at ON replies (at);
COMMIT;
