-- Terms: which ownership this database was taken for, and what was open before.
--
-- The functions are in PL/pgSQL where they are called for each statement or row: it keeps its plans.
-- The table is logged, so a standby knows the highest term that its owner held.
-- Errors: TM002 the term is lower than one that the database has seen.

CREATE TABLE telemed_failover.take (
    generation bigint NOT NULL,
    epoch bigint NOT NULL,
    site text NOT NULL,
    timeline integer NOT NULL,
    lsn pg_lsn NOT NULL,
    floor_xid xid8 NOT NULL, -- before the promotion: every older transaction had ended
    taken_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (generation, epoch)
);

-- The highest term; (0, 0) before the first take.
CREATE FUNCTION telemed_failover.term(OUT generation bigint, OUT epoch bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    SELECT take.generation, take.epoch INTO generation, epoch FROM telemed_failover.take
     ORDER BY take.generation DESC, take.epoch DESC LIMIT 1;
    generation := coalesce(generation, 0);
    epoch := coalesce(epoch, 0);
END $$;

CREATE FUNCTION telemed_failover.record_take(
    its_generation bigint, its_epoch bigint, its_site text, its_floor xid8
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    seen record;
BEGIN
    LOCK TABLE telemed_failover.take IN SHARE ROW EXCLUSIVE MODE;
    SELECT take.generation, take.epoch, take.site INTO seen FROM telemed_failover.take
     ORDER BY take.generation DESC, take.epoch DESC LIMIT 1;
    IF (its_generation, its_epoch) < (seen.generation, seen.epoch) THEN
        RAISE EXCEPTION 'refused: term %.% is lower than %.%, which the database has seen',
            its_generation, its_epoch, seen.generation, seen.epoch USING ERRCODE = 'TM002';
    END IF;
    IF (its_generation, its_epoch) = (seen.generation, seen.epoch) THEN
        IF seen.site <> its_site THEN
            RAISE EXCEPTION 'refused: term %.% was taken by %',
                its_generation, its_epoch, seen.site USING ERRCODE = 'TM002';
        END IF;
        RETURN;
    END IF;
    INSERT INTO telemed_failover.take (generation, epoch, site, timeline, lsn, floor_xid)
    VALUES (its_generation, its_epoch, its_site,
            ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int,
            pg_current_wal_insert_lsn(), its_floor);
END $$;

-- A writer that knows its term (one in the other centre, an outbox) says so before it writes:
-- SET telemed.term = '1.7'. One that must know it has a role with telemed.term = 'missing' in its
-- settings. A lower term is a writer of the past; a higher one, a database of the past.
-- Errors: TM002 another term than the database's, TM003 no term where one must be.
CREATE FUNCTION telemed_failover.refuse_another_term() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said text := current_setting('telemed.term', true);
    held record;
BEGIN
    IF coalesce(said, '') = '' THEN
        RETURN;
    END IF;
    IF said !~ '^[0-9]{1,18}[.][0-9]{1,18}$' THEN
        RAISE EXCEPTION 'telemed.term is `%`, not a generation and an epoch', said
            USING ERRCODE = 'TM003', HINT = 'SET telemed.term = ''1.7'' before writing';
    END IF;
    SELECT * INTO held FROM telemed_failover.term();
    IF (split_part(said, '.', 1)::bigint, split_part(said, '.', 2)::bigint)
        IS DISTINCT FROM (held.generation, held.epoch)
    THEN
        RAISE EXCEPTION 'the writer is of term %, the database of %.%',
            said, held.generation, held.epoch
            USING ERRCODE = 'TM002', HINT = 'ask who owns the instance, then write there';
    END IF;
END $$;
