BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
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
CREATE TABLE installation (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_installation PRIMARY KEY (name)
);
INSERT INTO "installation" VALUES('sign_in','demo');
CREATE TABLE orgs (
	org_id TEXT NOT NULL, 
	revision INTEGER NOT NULL, 
	next_entry_id INTEGER NOT NULL, 
	CONSTRAINT pk_orgs PRIMARY KEY (org_id)
);
INSERT INTO "orgs" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01',2,3);
INSERT INTO "orgs" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02',2,3);
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
	reason TEXT, 
	CONSTRAINT pk_run_rows PRIMARY KEY (org_id, run_id, "row"), 
	CONSTRAINT fk_run_rows_org_id_run_id FOREIGN KEY(org_id, run_id) REFERENCES runs (org_id, run_id)
);
INSERT INTO "run_rows" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01',0,2,'when open','What are your hours? 🕘 «Öffnungszeiten»','entry','[1]','{"tags": ["x"], "note": "a note"}','right',1,1,'run_rows phrasing 0',0.1,0.1,0.1,'run_rows reason 0');
INSERT INTO "run_rows" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01',1,3,'a joke?','__fallback__','fallback','[]','{"tags": ["x"], "note": "a note"}',NULL,NULL,2,'run_rows phrasing 1',1.1,1.1,1.1,'run_rows reason 1');
INSERT INTO "run_rows" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01',0,2,'when open','What are your hours? 🕘 «Öffnungszeiten»','entry','[1]','{"tags": ["x"], "note": "a note"}','right',1,3,'run_rows phrasing 2',2.1,2.1,2.1,'run_rows reason 2');
INSERT INTO "run_rows" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01',1,3,'a joke?','__fallback__','fallback','[]','{"tags": ["x"], "note": "a note"}',NULL,NULL,4,'run_rows phrasing 3',3.1,3.1,3.1,'run_rows reason 3');
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
	heartbeat_at DATETIME, 
	CONSTRAINT pk_runs PRIMARY KEY (org_id, run_id)
);
INSERT INTO "runs" VALUES('6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01','faq.csv',2,'{"fallback": "A human will be in touch shortly", "strictness": 0.05, "promise": null, "model": {"engine": "deployment", "base_url": "", "model": "", "style": "best", "company": "", "description": "", "negatives": [], "examples": [], "least_confidence": 0.0, "shortlist": 20, "calls_in_flight": 8, "usd_a_month": 25.0, "tokens_a_month": 25000000}}','runs engine 0','runs engine_version 0','paused','runs reason 0',2,1,'3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:30:15.250000','2026-03-01 09:30:15.250000','2026-03-01 09:30:15.250000','runs worker 0','2026-03-01 09:30:15.250000');
INSERT INTO "runs" VALUES('b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02','5b3f0c1e-7c3d-4d0e-9a51-0d6b1f1c0a01','faq.csv',2,'{"fallback": "A human will be in touch shortly", "strictness": 0.05, "promise": null, "model": {"engine": "deployment", "base_url": "", "model": "", "style": "best", "company": "", "description": "", "negatives": [], "examples": [], "least_confidence": 0.0, "shortlist": 20, "calls_in_flight": 8, "usd_a_month": 25.0, "tokens_a_month": 25000000}}','runs engine 1','runs engine_version 1','paused','runs reason 1',2,1,'3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22','Adam (admin)','2026-03-01 09:31:15.250000','2026-03-01 09:31:15.250000','2026-03-01 09:31:15.250000','runs worker 1','2026-03-01 09:31:15.250000');
CREATE INDEX ix_runs_org_id_created_at ON runs (org_id, created_at);
CREATE INDEX ix_runs_status ON runs (status);
CREATE INDEX ix_entry_versions_org_id_until_revision ON entry_versions (org_id, until_revision);
COMMIT;
