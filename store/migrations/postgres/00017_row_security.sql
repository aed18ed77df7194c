-- +goose Up

-- A second wall behind the store's own scope (docs/security.md): a row is read
-- and written only by a transaction of its organisation, or by one of the
-- program itself. The store names both at the begin of every transaction; a
-- connection that names neither sees nothing. FORCE holds the owner of the
-- tables to it as well. The subselects are evaluated once a query, not a row.

-- Tables that say whose their rows are; where that may be empty, a row without
-- an organisation is the installation's and everybody's. The audit follows below.
-- +goose StatementBegin
DO $$
DECLARE
    own CONSTANT TEXT := $own$organisation_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on'$own$;
    r RECORD;
BEGIN
    FOR r IN SELECT c.table_name AS t, CASE c.is_nullable WHEN 'YES' THEN '(organisation_id IS NULL OR ' || own || ')' ELSE own END AS rule
        FROM information_schema.columns c JOIN information_schema.tables b USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND b.table_type = 'BASE TABLE' AND c.column_name = 'organisation_id' AND c.table_name <> 'audit'
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', r.t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', r.t);
        EXECUTE format('CREATE POLICY own_organisation ON %I USING (%s) WITH CHECK (%s)', r.t, r.rule, r.rule);
    END LOOP;
END $$;
-- +goose StatementEnd

-- Tables whose rows belong to a record. A scalar subselect, and no EXISTS: the
-- planner would read every record into a hash to answer for a few rows. The two
-- indexes over records are left out: a policy would keep the text index from
-- being used, and both lead nowhere but to records.
-- +goose StatementBegin
DO $$
DECLARE
    own CONSTANT TEXT := $own$((SELECT current_setting('farwatch.system', true)) = 'on' OR (SELECT TRUE FROM incidents p WHERE p.id = incident_id)%s)$own$;
    other TEXT;
    t TEXT;
BEGIN
    FOR t IN SELECT c.table_name FROM information_schema.columns c JOIN information_schema.tables b USING (table_schema, table_name)
        WHERE c.table_schema = 'public' AND b.table_type = 'BASE TABLE' AND c.column_name = 'incident_id'
        AND c.table_name NOT IN ('incident_facets', 'incident_search', 'source_backfill', 'import_rows')
        AND NOT EXISTS (SELECT 1 FROM information_schema.columns o
            WHERE o.table_schema = 'public' AND o.table_name = c.table_name AND o.column_name = 'organisation_id')
    LOOP
        -- What ties two records is written only where both are one's own.
        other := CASE t
            WHEN 'relations' THEN ' AND EXISTS (SELECT 1 FROM incidents p WHERE p.id = to_incident_id)'
            WHEN 'duplicate_dismissals' THEN ' AND EXISTS (SELECT 1 FROM incidents p WHERE p.id = other_id)'
            WHEN 'incident_campaigns' THEN ' AND EXISTS (SELECT 1 FROM campaigns c WHERE c.id = campaign_id)'
            ELSE '' END;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY own_organisation ON %I USING %s WITH CHECK %s', t, format(own, ''), format(own, other));
    END LOOP;
END $$;
-- +goose StatementEnd

-- Tables whose rows belong to a row of one of the above, or to a member.
-- +goose StatementBegin
DO $$
DECLARE
    r RECORD;
BEGIN
    FOR r IN SELECT * FROM (VALUES
        ('comment_mentions', '(SELECT TRUE FROM comments p WHERE p.id = comment_id)'),
        ('file_custody', '(SELECT TRUE FROM files p WHERE p.id = file_id)'),
        ('upload_parts', '(SELECT TRUE FROM uploads p WHERE p.id = upload_id)'),
        ('import_parts', '(SELECT TRUE FROM imports p WHERE p.id = import_id)'),
        ('import_rows', '(SELECT TRUE FROM imports p WHERE p.id = import_id)'),
        ('saved_search_looks', '(SELECT TRUE FROM saved_searches p WHERE p.id = saved_search_id)'),
        ('working_copies', 'EXISTS (SELECT 1 FROM memberships p WHERE p.user_id = working_copies.user_id)'),
        ('idempotency_keys', 'EXISTS (SELECT 1 FROM memberships p WHERE p.user_id = idempotency_keys.user_id)')
    ) AS x (child, parent)
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', r.child);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', r.child);
        EXECUTE format('CREATE POLICY own_organisation ON %I USING ((SELECT current_setting(''farwatch.system'', true)) = ''on'' OR %s)', r.child, r.parent);
    END LOOP;
END $$;
-- +goose StatementEnd

-- An organisation is seen by its own people.
ALTER TABLE organisations ENABLE ROW LEVEL SECURITY;

ALTER TABLE organisations FORCE ROW LEVEL SECURITY;

CREATE POLICY own_organisation ON organisations
    USING (id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on');

-- The audit is added to and read, and never changed or deleted: without a
-- policy for these nobody may. What has no organisation only the program reads.
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;

ALTER TABLE audit FORCE ROW LEVEL SECURITY;

CREATE POLICY own_organisation ON audit FOR SELECT
    USING (organisation_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on');

CREATE POLICY own_addition ON audit FOR INSERT
    WITH CHECK (organisation_id IS NULL OR organisation_id = (SELECT NULLIF(current_setting('farwatch.organisation', true), '')::BIGINT) OR (SELECT current_setting('farwatch.system', true)) = 'on');
