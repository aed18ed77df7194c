-- +goose Up

CREATE TABLE organisations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT uq_organisations_code UNIQUE (code)
);

CREATE TABLE users (
    id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_user_name UNIQUE (user_name),
    CONSTRAINT ck_users_status CHECK (status IN ('active', 'disabled'))
);

CREATE TABLE memberships (
    organisation_id INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_memberships PRIMARY KEY (user_id, organisation_id),
    CONSTRAINT fk_memberships_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_memberships_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT ck_memberships_status CHECK (status IN ('active', 'disabled'))
);

CREATE TABLE membership_roles (
    organisation_id INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    CONSTRAINT pk_membership_roles PRIMARY KEY (user_id, organisation_id, role),
    CONSTRAINT fk_membership_roles_membership FOREIGN KEY (user_id, organisation_id) REFERENCES memberships (user_id, organisation_id),
    CONSTRAINT ck_membership_roles_role CHECK (role IN ('advocate', 'analyst', 'caseworker', 'reviewer', 'org_admin', 'instance_admin'))
);

CREATE TABLE sessions (
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    counter INTEGER NOT NULL,
    rotated_at TIMESTAMP NOT NULL,
    resends INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    user_agent TEXT NOT NULL,
    ended_at TIMESTAMP,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE setup_links (
    token_hash TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    CONSTRAINT pk_setup_links PRIMARY KEY (token_hash)
);

CREATE TABLE invitations (
    id TEXT NOT NULL,
    organisation_id INTEGER NOT NULL,
    token_hash TEXT NOT NULL,
    roles TEXT NOT NULL,
    note TEXT,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    used_at TIMESTAMP,
    revoked_at TIMESTAMP,
    CONSTRAINT pk_invitations PRIMARY KEY (id),
    CONSTRAINT uq_invitations_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_invitations_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_invitations_created_by FOREIGN KEY (created_by) REFERENCES users (id)
);

CREATE TABLE campaigns (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id INTEGER NOT NULL,
    ref TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT,
    CONSTRAINT uq_campaigns_ref UNIQUE (ref),
    CONSTRAINT fk_campaigns_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);

CREATE TABLE incidents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    organisation_id INTEGER NOT NULL,
    ref TEXT NOT NULL,
    row_key TEXT NOT NULL,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    origin_country TEXT NOT NULL,
    origin_entity TEXT,
    attribution_basis TEXT NOT NULL,
    host_country TEXT NOT NULL,
    geo_precision TEXT NOT NULL,
    public_geo_precision TEXT NOT NULL,
    host_admin1 TEXT,
    host_locality TEXT,
    proxy_country TEXT,
    occurred_earliest TEXT,
    occurred_latest TEXT,
    occurred_precision TEXT NOT NULL,
    occurred_approximate BOOLEAN NOT NULL,
    occurred_uncertain BOOLEAN NOT NULL,
    occurred_ongoing BOOLEAN,
    occurred_repeated BOOLEAN,
    first_reported TEXT,
    report_year INTEGER,
    police_reported TEXT NOT NULL,
    scope_state_link TEXT NOT NULL,
    scope_cross_border TEXT NOT NULL,
    scope_reason TEXT NOT NULL,
    scope_aim TEXT NOT NULL,
    scope_act TEXT NOT NULL,
    discovery_route TEXT NOT NULL,
    sensitivity TEXT NOT NULL,
    workflow_status TEXT NOT NULL,
    embargo_until TEXT,
    closing_reason TEXT,
    verification_status TEXT NOT NULL,
    vocabulary_version TEXT NOT NULL,
    scope TEXT NOT NULL,
    families TEXT NOT NULL,
    stage INTEGER,
    in_fh_scope TEXT NOT NULL,
    in_uk_scope TEXT NOT NULL,
    in_ohchr_scope TEXT NOT NULL,
    independent_origins INTEGER NOT NULL,
    edtf TEXT NOT NULL,
    event_year INTEGER,
    persons_min INTEGER NOT NULL,
    persons_max INTEGER,
    effective_consent TEXT,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    published_at TIMESTAMP,
    protected BLOB,
    CONSTRAINT uq_incidents_ref UNIQUE (ref),
    CONSTRAINT fk_incidents_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_incidents_created_by FOREIGN KEY (created_by) REFERENCES users (id),
    CONSTRAINT ck_incidents_days CHECK ((occurred_earliest IS NULL OR length(occurred_earliest) = 10) AND (occurred_latest IS NULL OR length(occurred_latest) = 10) AND (first_reported IS NULL OR length(first_reported) = 10)),
    CONSTRAINT ck_incidents_bounds CHECK (occurred_earliest IS NULL OR occurred_latest IS NULL OR occurred_earliest <= occurred_latest),
    CONSTRAINT ck_incidents_sensitivity CHECK (sensitivity IN ('open', 'partner', 'restricted', 'sealed')),
    CONSTRAINT ck_incidents_workflow_status CHECK (workflow_status IN ('draft', 'in_review', 'approved', 'embargoed', 'published', 'withdrawn', 'merged', 'closed')),
    CONSTRAINT ck_incidents_version CHECK (version >= 1)
);

CREATE TABLE incident_members (
    incident_id INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    named BOOLEAN NOT NULL,
    CONSTRAINT pk_incident_members PRIMARY KEY (incident_id, user_id),
    CONSTRAINT fk_incident_members_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_incident_members_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE incident_campaigns (
    incident_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    campaign_id INTEGER NOT NULL,
    CONSTRAINT pk_incident_campaigns PRIMARY KEY (incident_id, campaign_id),
    CONSTRAINT fk_incident_campaigns_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_incident_campaigns_campaign_id FOREIGN KEY (campaign_id) REFERENCES campaigns (id)
);

CREATE TABLE incident_facets (
    facet TEXT NOT NULL,
    code TEXT NOT NULL,
    incident_id INTEGER NOT NULL,
    CONSTRAINT pk_incident_facets PRIMARY KEY (facet, code, incident_id),
    CONSTRAINT fk_incident_facets_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
) WITHOUT ROWID;

CREATE TABLE targets (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    counting_unit TEXT NOT NULL,
    count_min INTEGER NOT NULL,
    count_max INTEGER,
    communities TEXT NOT NULL,
    roles TEXT NOT NULL,
    gender TEXT NOT NULL,
    age_band TEXT NOT NULL,
    response TEXT NOT NULL,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_targets PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_targets_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT ck_targets_count CHECK (count_max IS NULL OR count_max >= count_min)
);

CREATE TABLE perpetrators (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    body TEXT,
    note TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_perpetrators PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_perpetrators_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE TABLE acts (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    method TEXT NOT NULL,
    target TEXT NOT NULL,
    explicitness TEXT,
    channels TEXT NOT NULL,
    occurred_earliest TEXT,
    occurred_latest TEXT,
    occurred_precision TEXT,
    occurred_approximate BOOLEAN NOT NULL,
    occurred_uncertain BOOLEAN NOT NULL,
    occurred_ongoing BOOLEAN,
    occurred_repeated BOOLEAN,
    note TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_acts PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_acts_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_acts_target FOREIGN KEY (incident_id, target) REFERENCES targets (incident_id, local_id)
);

CREATE TABLE act_perpetrators (
    incident_id INTEGER NOT NULL,
    act TEXT NOT NULL,
    position INTEGER NOT NULL,
    perpetrator TEXT NOT NULL,
    involvement TEXT NOT NULL,
    CONSTRAINT pk_act_perpetrators PRIMARY KEY (incident_id, act, position),
    CONSTRAINT fk_act_perpetrators_act FOREIGN KEY (incident_id, act) REFERENCES acts (incident_id, local_id),
    CONSTRAINT fk_act_perpetrators_perpetrator FOREIGN KEY (incident_id, perpetrator) REFERENCES perpetrators (incident_id, local_id)
);

CREATE TABLE inducements (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    explicitness TEXT NOT NULL,
    condition TEXT,
    note TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_inducements PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_inducements_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_inducements_target FOREIGN KEY (incident_id, target) REFERENCES targets (incident_id, local_id)
);

CREATE TABLE amounts (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    inducement TEXT NOT NULL,
    amount_min REAL,
    amount_max REAL,
    amount_text TEXT NOT NULL,
    currency_as_stated TEXT NOT NULL,
    currency_assumed TEXT,
    period TEXT NOT NULL,
    standing TEXT NOT NULL,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_amounts PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_amounts_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_amounts_inducement FOREIGN KEY (incident_id, inducement) REFERENCES inducements (incident_id, local_id),
    CONSTRAINT ck_amounts_range CHECK (amount_min IS NULL OR amount_max IS NULL OR amount_max >= amount_min)
);

CREATE TABLE demands (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    explicitness TEXT NOT NULL,
    note TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_demands PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_demands_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_demands_target FOREIGN KEY (incident_id, target) REFERENCES targets (incident_id, local_id)
);

CREATE TABLE sources (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    publisher TEXT,
    title TEXT,
    url TEXT,
    archive_url TEXT,
    author TEXT,
    language TEXT,
    published TEXT,
    accessed TEXT,
    derived_from TEXT,
    reliability TEXT,
    scale TEXT,
    text TEXT,
    text_sha256 TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_sources PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_sources_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE TABLE citations (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    entity TEXT NOT NULL,
    field TEXT,
    source TEXT NOT NULL,
    quote TEXT,
    start_at INTEGER,
    end_at INTEGER,
    credibility TEXT,
    standing TEXT NOT NULL,
    note TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_citations PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_citations_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_citations_source FOREIGN KEY (incident_id, source) REFERENCES sources (incident_id, local_id)
);

CREATE TABLE evidence (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    access TEXT NOT NULL,
    source TEXT,
    sha256 TEXT,
    captured_at TIMESTAMP,
    tool TEXT,
    note TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_evidence PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_evidence_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE TABLE responses (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    party TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT,
    date TEXT,
    source TEXT,
    note TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_responses PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_responses_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE TABLE harms (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    note TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_harms PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_harms_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_harms_target FOREIGN KEY (incident_id, target) REFERENCES targets (incident_id, local_id)
);

CREATE TABLE relations (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    to_incident_id INTEGER NOT NULL,
    sensitivity TEXT,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_relations PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_relations_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_relations_to_incident_id FOREIGN KEY (to_incident_id) REFERENCES incidents (id)
);

CREATE TABLE consents (
    incident_id INTEGER NOT NULL,
    local_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    target TEXT NOT NULL,
    level TEXT NOT NULL,
    row_key TEXT NOT NULL,
    protected BLOB,
    CONSTRAINT pk_consents PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_consents_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_consents_target FOREIGN KEY (incident_id, target) REFERENCES targets (incident_id, local_id)
);

CREATE TABLE working_copies (
    user_id TEXT NOT NULL,
    id TEXT NOT NULL,
    incident_ref TEXT,
    base_version INTEGER,
    row_key TEXT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    protected BLOB,
    CONSTRAINT pk_working_copies PRIMARY KEY (user_id, id),
    CONSTRAINT fk_working_copies_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE idempotency_keys (
    user_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash TEXT NOT NULL,
    object TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (user_id, operation, idempotency_key),
    CONSTRAINT fk_idempotency_keys_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE exports (
    id TEXT NOT NULL,
    organisation_id INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    level TEXT NOT NULL,
    row_count INTEGER NOT NULL,
    omitted INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    filter TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT pk_exports PRIMARY KEY (id),
    CONSTRAINT fk_exports_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_exports_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE audit (
    seq INTEGER NOT NULL,
    at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL,
    organisation_id INTEGER,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    fields TEXT NOT NULL,
    request_id TEXT NOT NULL,
    prev TEXT NOT NULL,
    mac TEXT NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (seq)
);

CREATE TABLE audit_head (
    id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    mac TEXT NOT NULL,
    CONSTRAINT pk_audit_head PRIMARY KEY (id),
    CONSTRAINT ck_audit_head_id CHECK (id = 1)
);

CREATE INDEX idx_incidents_counts ON incidents (organisation_id, sensitivity, scope, workflow_status, verification_status, origin_country, host_country, event_year, report_year, persons_min, persons_max, occurred_earliest, occurred_latest, police_reported, in_fh_scope, in_uk_scope, in_ohchr_scope, independent_origins, stage);

CREATE INDEX idx_sessions_user_id ON sessions (user_id);

CREATE INDEX idx_incidents_organisation_id_updated_at_ref ON incidents (organisation_id, updated_at, ref);

CREATE INDEX idx_incidents_organisation_id_created_at_ref ON incidents (organisation_id, created_at, ref);

CREATE INDEX idx_incidents_organisation_id_first_reported_ref ON incidents (organisation_id, first_reported, ref);

CREATE INDEX idx_incidents_organisation_id_title_ref ON incidents (organisation_id, title, ref);

CREATE INDEX idx_incidents_organisation_id_origin_country_ref ON incidents (organisation_id, origin_country, ref);

CREATE INDEX idx_incidents_organisation_id_host_country_ref ON incidents (organisation_id, host_country, ref);

CREATE INDEX idx_incidents_organisation_id_ref ON incidents (organisation_id, ref);

CREATE INDEX idx_incident_facets_incident_id_facet_code ON incident_facets (incident_id, facet, code);

CREATE INDEX idx_incident_members_user_id_incident_id ON incident_members (user_id, incident_id);

CREATE INDEX idx_relations_to_incident_id ON relations (to_incident_id);

CREATE INDEX idx_audit_organisation_id_at ON audit (organisation_id, at);

CREATE INDEX idx_idempotency_keys_created_at ON idempotency_keys (created_at);

INSERT INTO audit_head (id, seq, mac) VALUES (1, 0, '');
