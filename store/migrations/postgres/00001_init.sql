-- +goose Up

CREATE TABLE organisations (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT uq_organisations_code UNIQUE (code)
);

CREATE TABLE users (
    id TEXT COLLATE "C" NOT NULL,
    user_name TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_user_name UNIQUE (user_name),
    CONSTRAINT ck_users_status CHECK (status IN ('active', 'disabled'))
);

CREATE TABLE memberships (
    organisation_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_memberships PRIMARY KEY (user_id, organisation_id),
    CONSTRAINT fk_memberships_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_memberships_user_id FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT ck_memberships_status CHECK (status IN ('active', 'disabled'))
);

CREATE TABLE membership_roles (
    organisation_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_membership_roles PRIMARY KEY (user_id, organisation_id, role),
    CONSTRAINT fk_membership_roles_membership FOREIGN KEY (user_id, organisation_id) REFERENCES memberships (user_id, organisation_id),
    CONSTRAINT ck_membership_roles_role CHECK (role IN ('advocate', 'analyst', 'caseworker', 'reviewer', 'org_admin', 'instance_admin'))
);

CREATE TABLE sessions (
    id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    counter BIGINT NOT NULL,
    rotated_at TIMESTAMPTZ NOT NULL,
    resends INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    user_agent TEXT COLLATE "C" NOT NULL,
    ended_at TIMESTAMPTZ,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE setup_links (
    token_hash TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    CONSTRAINT pk_setup_links PRIMARY KEY (token_hash)
);

CREATE TABLE invitations (
    id TEXT COLLATE "C" NOT NULL,
    organisation_id BIGINT NOT NULL,
    token_hash TEXT COLLATE "C" NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C",
    created_by TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    CONSTRAINT pk_invitations PRIMARY KEY (id),
    CONSTRAINT uq_invitations_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_invitations_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_invitations_created_by FOREIGN KEY (created_by) REFERENCES users (id)
);

CREATE TABLE campaigns (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id BIGINT NOT NULL,
    ref TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    summary TEXT COLLATE "C",
    CONSTRAINT uq_campaigns_ref UNIQUE (ref),
    CONSTRAINT fk_campaigns_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id)
);

CREATE TABLE incidents (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id BIGINT NOT NULL,
    ref TEXT COLLATE "C" NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    summary TEXT COLLATE "C" NOT NULL,
    origin_country TEXT COLLATE "C" NOT NULL,
    origin_entity TEXT COLLATE "C",
    attribution_basis TEXT COLLATE "C" NOT NULL,
    host_country TEXT COLLATE "C" NOT NULL,
    geo_precision TEXT COLLATE "C" NOT NULL,
    public_geo_precision TEXT COLLATE "C" NOT NULL,
    host_admin1 TEXT COLLATE "C",
    host_locality TEXT COLLATE "C",
    proxy_country TEXT COLLATE "C",
    occurred_earliest TEXT COLLATE "C",
    occurred_latest TEXT COLLATE "C",
    occurred_precision TEXT COLLATE "C" NOT NULL,
    occurred_approximate BOOLEAN NOT NULL,
    occurred_uncertain BOOLEAN NOT NULL,
    occurred_ongoing BOOLEAN,
    occurred_repeated BOOLEAN,
    first_reported TEXT COLLATE "C",
    report_year INTEGER,
    police_reported TEXT COLLATE "C" NOT NULL,
    scope_state_link TEXT COLLATE "C" NOT NULL,
    scope_cross_border TEXT COLLATE "C" NOT NULL,
    scope_reason TEXT COLLATE "C" NOT NULL,
    scope_aim TEXT COLLATE "C" NOT NULL,
    scope_act TEXT COLLATE "C" NOT NULL,
    discovery_route TEXT COLLATE "C" NOT NULL,
    sensitivity TEXT COLLATE "C" NOT NULL,
    workflow_status TEXT COLLATE "C" NOT NULL,
    embargo_until TEXT COLLATE "C",
    closing_reason TEXT COLLATE "C",
    verification_status TEXT COLLATE "C" NOT NULL,
    vocabulary_version TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    families TEXT COLLATE "C" NOT NULL,
    stage INTEGER,
    in_fh_scope TEXT COLLATE "C" NOT NULL,
    in_uk_scope TEXT COLLATE "C" NOT NULL,
    in_ohchr_scope TEXT COLLATE "C" NOT NULL,
    independent_origins INTEGER NOT NULL,
    edtf TEXT COLLATE "C" NOT NULL,
    event_year INTEGER,
    persons_min INTEGER NOT NULL,
    persons_max INTEGER,
    effective_consent TEXT COLLATE "C",
    created_by TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    published_at TIMESTAMPTZ,
    protected BYTEA,
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
    incident_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    named BOOLEAN NOT NULL,
    CONSTRAINT pk_incident_members PRIMARY KEY (incident_id, user_id),
    CONSTRAINT fk_incident_members_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_incident_members_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE incident_campaigns (
    incident_id BIGINT NOT NULL,
    position INTEGER NOT NULL,
    campaign_id BIGINT NOT NULL,
    CONSTRAINT pk_incident_campaigns PRIMARY KEY (incident_id, campaign_id),
    CONSTRAINT fk_incident_campaigns_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_incident_campaigns_campaign_id FOREIGN KEY (campaign_id) REFERENCES campaigns (id)
);

CREATE TABLE incident_facets (
    facet TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    incident_id BIGINT NOT NULL,
    CONSTRAINT pk_incident_facets PRIMARY KEY (facet, code, incident_id),
    CONSTRAINT fk_incident_facets_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE TABLE targets (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    counting_unit TEXT COLLATE "C" NOT NULL,
    count_min INTEGER NOT NULL,
    count_max INTEGER,
    communities TEXT COLLATE "C" NOT NULL,
    roles TEXT COLLATE "C" NOT NULL,
    gender TEXT COLLATE "C" NOT NULL,
    age_band TEXT COLLATE "C" NOT NULL,
    response TEXT COLLATE "C" NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_targets PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_targets_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT ck_targets_count CHECK (count_max IS NULL OR count_max >= count_min)
);

CREATE TABLE perpetrators (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C",
    note TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_perpetrators PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_perpetrators_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE TABLE acts (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    explicitness TEXT COLLATE "C",
    channels TEXT COLLATE "C" NOT NULL,
    occurred_earliest TEXT COLLATE "C",
    occurred_latest TEXT COLLATE "C",
    occurred_precision TEXT COLLATE "C",
    occurred_approximate BOOLEAN NOT NULL,
    occurred_uncertain BOOLEAN NOT NULL,
    occurred_ongoing BOOLEAN,
    occurred_repeated BOOLEAN,
    note TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_acts PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_acts_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_acts_target FOREIGN KEY (incident_id, target) REFERENCES targets (incident_id, local_id)
);

CREATE TABLE act_perpetrators (
    incident_id BIGINT NOT NULL,
    act TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    perpetrator TEXT COLLATE "C" NOT NULL,
    involvement TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_act_perpetrators PRIMARY KEY (incident_id, act, position),
    CONSTRAINT fk_act_perpetrators_act FOREIGN KEY (incident_id, act) REFERENCES acts (incident_id, local_id),
    CONSTRAINT fk_act_perpetrators_perpetrator FOREIGN KEY (incident_id, perpetrator) REFERENCES perpetrators (incident_id, local_id)
);

CREATE TABLE inducements (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    explicitness TEXT COLLATE "C" NOT NULL,
    condition TEXT COLLATE "C",
    note TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_inducements PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_inducements_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_inducements_target FOREIGN KEY (incident_id, target) REFERENCES targets (incident_id, local_id)
);

CREATE TABLE amounts (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    inducement TEXT COLLATE "C" NOT NULL,
    amount_min DOUBLE PRECISION,
    amount_max DOUBLE PRECISION,
    amount_text TEXT COLLATE "C" NOT NULL,
    currency_as_stated TEXT COLLATE "C" NOT NULL,
    currency_assumed TEXT COLLATE "C",
    period TEXT COLLATE "C" NOT NULL,
    standing TEXT COLLATE "C" NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_amounts PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_amounts_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_amounts_inducement FOREIGN KEY (incident_id, inducement) REFERENCES inducements (incident_id, local_id),
    CONSTRAINT ck_amounts_range CHECK (amount_min IS NULL OR amount_max IS NULL OR amount_max >= amount_min)
);

CREATE TABLE demands (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    explicitness TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_demands PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_demands_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_demands_target FOREIGN KEY (incident_id, target) REFERENCES targets (incident_id, local_id)
);

CREATE TABLE sources (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    publisher TEXT COLLATE "C",
    title TEXT COLLATE "C",
    url TEXT COLLATE "C",
    archive_url TEXT COLLATE "C",
    author TEXT COLLATE "C",
    language TEXT COLLATE "C",
    published TEXT COLLATE "C",
    accessed TEXT COLLATE "C",
    derived_from TEXT COLLATE "C",
    reliability TEXT COLLATE "C",
    scale TEXT COLLATE "C",
    text TEXT COLLATE "C",
    text_sha256 TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_sources PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_sources_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE TABLE citations (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    entity TEXT COLLATE "C" NOT NULL,
    field TEXT COLLATE "C",
    source TEXT COLLATE "C" NOT NULL,
    quote TEXT COLLATE "C",
    start_at INTEGER,
    end_at INTEGER,
    credibility TEXT COLLATE "C",
    standing TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_citations PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_citations_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_citations_source FOREIGN KEY (incident_id, source) REFERENCES sources (incident_id, local_id)
);

CREATE TABLE evidence (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    access TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C",
    sha256 TEXT COLLATE "C",
    captured_at TIMESTAMPTZ,
    tool TEXT COLLATE "C",
    note TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_evidence PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_evidence_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE TABLE responses (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    party TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C",
    date TEXT COLLATE "C",
    source TEXT COLLATE "C",
    note TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_responses PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_responses_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id)
);

CREATE TABLE harms (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_harms PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_harms_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_harms_target FOREIGN KEY (incident_id, target) REFERENCES targets (incident_id, local_id)
);

CREATE TABLE relations (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    to_incident_id BIGINT NOT NULL,
    sensitivity TEXT COLLATE "C",
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_relations PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_relations_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_relations_to_incident_id FOREIGN KEY (to_incident_id) REFERENCES incidents (id)
);

CREATE TABLE consents (
    incident_id BIGINT NOT NULL,
    local_id TEXT COLLATE "C" NOT NULL,
    position INTEGER NOT NULL,
    target TEXT COLLATE "C" NOT NULL,
    level TEXT COLLATE "C" NOT NULL,
    row_key TEXT COLLATE "C" NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_consents PRIMARY KEY (incident_id, local_id),
    CONSTRAINT fk_consents_incident_id FOREIGN KEY (incident_id) REFERENCES incidents (id),
    CONSTRAINT fk_consents_target FOREIGN KEY (incident_id, target) REFERENCES targets (incident_id, local_id)
);

CREATE TABLE working_copies (
    user_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    incident_ref TEXT COLLATE "C",
    base_version INTEGER,
    row_key TEXT COLLATE "C" NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    protected BYTEA,
    CONSTRAINT pk_working_copies PRIMARY KEY (user_id, id),
    CONSTRAINT fk_working_copies_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE idempotency_keys (
    user_id TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    idempotency_key TEXT COLLATE "C" NOT NULL,
    body_hash TEXT COLLATE "C" NOT NULL,
    object TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (user_id, operation, idempotency_key),
    CONSTRAINT fk_idempotency_keys_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE exports (
    id TEXT COLLATE "C" NOT NULL,
    organisation_id BIGINT NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    level TEXT COLLATE "C" NOT NULL,
    row_count BIGINT NOT NULL,
    omitted BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    filter TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT pk_exports PRIMARY KEY (id),
    CONSTRAINT fk_exports_organisation_id FOREIGN KEY (organisation_id) REFERENCES organisations (id),
    CONSTRAINT fk_exports_user_id FOREIGN KEY (user_id) REFERENCES users (id)
);

CREATE TABLE audit (
    seq BIGINT NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    organisation_id BIGINT,
    action TEXT COLLATE "C" NOT NULL,
    object TEXT COLLATE "C" NOT NULL,
    fields TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    prev TEXT COLLATE "C" NOT NULL,
    mac TEXT COLLATE "C" NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (seq)
);

CREATE TABLE audit_head (
    id INTEGER NOT NULL,
    seq BIGINT NOT NULL,
    mac TEXT COLLATE "C" NOT NULL,
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
