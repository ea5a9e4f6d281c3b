-- The journal: which rows were changed under which term. Of a divergent tail it lists what was lost.
-- And the one function that puts a table under the check.

CREATE SEQUENCE telemed_failover.journal_number;

CREATE TABLE telemed_failover.journal (
    generation bigint NOT NULL,
    epoch bigint NOT NULL,
    number bigint NOT NULL DEFAULT nextval('telemed_failover.journal_number'), -- within its term
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    relation text NOT NULL,
    operation text NOT NULL, -- INSERT, UPDATE, DELETE
    key jsonb NOT NULL,      -- the primary key; the whole row where there is none
    PRIMARY KEY (generation, epoch, number)
);
CREATE INDEX ON telemed_failover.journal (xid);

CREATE FUNCTION telemed_failover.write_journal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    changed jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    its_key jsonb;
BEGIN
    SELECT jsonb_object_agg(name, changed -> name) INTO its_key
      FROM unnest(TG_ARGV::text[]) AS name;
    INSERT INTO telemed_failover.journal (generation, epoch, relation, operation, key)
    SELECT held.generation, held.epoch, format('%I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME), TG_OP,
           coalesce(its_key, changed)
      FROM telemed_failover.term() AS held;
    RETURN NULL;
END $$;

-- Forgets what is older; in portions, so that it can be called again and again. Gives how many.
CREATE FUNCTION telemed_failover.prune_journal(older_than interval, at_most integer DEFAULT 10000)
RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH gone AS (
        DELETE FROM telemed_failover.journal
         WHERE (generation, epoch, number) IN (
             SELECT old.generation, old.epoch, old.number FROM telemed_failover.journal AS old
              WHERE old.written_at < clock_timestamp() - older_than
              ORDER BY old.generation, old.epoch, old.number LIMIT at_most)
        RETURNING 1)
    SELECT count(*) FROM gone;
END;

-- Puts a table under the check of these instances (of all, if none is named) and, unless told
-- otherwise, its changes into the journal. Again and again, with other instances too.
CREATE FUNCTION telemed_failover.guard_table(
    relation regclass, instances text[] DEFAULT '{}', journal boolean DEFAULT true
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    named text;
    keys text;
    unknown text;
BEGIN
    SELECT string_agg(wanted, ', ') INTO unknown FROM unnest(instances) AS wanted
     WHERE NOT EXISTS (SELECT FROM telemed_failover.instance WHERE name = wanted);
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'no such instance: %', unknown
            USING HINT = 'SELECT telemed_failover.add_instance(...)';
    END IF;
    SELECT coalesce(string_agg(quote_literal(each), ', '), '') INTO named
      FROM unnest(instances) AS each;
    SELECT coalesce(string_agg(quote_literal(attname), ', ' ORDER BY attnum), '') INTO keys
      FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
     WHERE indrelid = relation AND indisprimary;
    PERFORM telemed_failover.unguard_table(relation);
    EXECUTE format(
        'CREATE TRIGGER telemed_statement BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION telemed_failover.check_statement(%s)',
        relation, named);
    EXECUTE format(
        'CREATE CONSTRAINT TRIGGER telemed_commit AFTER INSERT OR UPDATE OR DELETE ON %s '
        'DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (telemed_failover.first_change()) '
        'EXECUTE FUNCTION telemed_failover.check_commit(%s)', relation, named);
    IF journal THEN
        EXECUTE format(
            'CREATE TRIGGER telemed_journal AFTER INSERT OR UPDATE OR DELETE ON %s '
            'FOR EACH ROW EXECUTE FUNCTION telemed_failover.write_journal(%s)', relation, keys);
    END IF;
END $$;

CREATE FUNCTION telemed_failover.unguard_table(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS telemed_statement ON %s', relation);
    EXECUTE format('DROP TRIGGER IF EXISTS telemed_commit ON %s', relation);
    EXECUTE format('DROP TRIGGER IF EXISTS telemed_journal ON %s', relation);
END $$;
