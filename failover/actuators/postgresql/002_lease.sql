-- The lease: until when this server may be written to. Refuses a statement, and a commit, when it is
-- missing or over.
--
-- One row an instance, in unlogged sequences. As a table's, their content is empty after a crash or
-- a promotion, and is never replicated. Unlike a table's, it is changed in place: the newest value
-- is seen under every isolation level, no dead rows pile up behind a long transaction, and a renewal
-- writes no log at all.
--
-- Time is the machine's boot clock, which nobody can set; the wall clock counts besides. A step of
-- the wall clock backwards therefore opens nothing; one forwards closes until the next renewal.
-- A restart of the server ends every lease: the boot clock begins anew with the machine.
-- Errors: TM001 no lease, TM002 a lower term, TM004 TRUNCATE.

CREATE TABLE telemed_failover.instance (
    name text PRIMARY KEY,
    until_boot regclass NOT NULL, -- sequences; microseconds of the boot clock
    until_wall regclass NOT NULL  -- and of the epoch
);

CREATE UNLOGGED SEQUENCE telemed_failover.lease_server MINVALUE 0;     -- the server's life
CREATE UNLOGGED SEQUENCE telemed_failover.lease_generation MINVALUE 0; -- of the newest renewal
CREATE UNLOGGED SEQUENCE telemed_failover.lease_epoch MINVALUE 0;
CREATE UNLOGGED SEQUENCE telemed_failover.lease_number MINVALUE 0;     -- grows within a term

-- Seconds since the machine started, as CLOCK_BOOTTIME; up to 10 ms behind it.
CREATE FUNCTION telemed_failover.boot_clock_s() RETURNS double precision
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN split_part(pg_read_file('/proc/uptime', 0, 64, false), ' ', 1)::double precision;
END $$;

CREATE FUNCTION telemed_failover.server_life() RETURNS bigint
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint;
END $$;

CREATE FUNCTION telemed_failover.add_instance(its_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number text := substr(md5(its_name), 1, 16);
    boot text := 'lease_boot_' || number;
    wall text := 'lease_wall_' || number;
BEGIN
    IF EXISTS (SELECT FROM telemed_failover.instance WHERE name = its_name) THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE UNLOGGED SEQUENCE telemed_failover.%I MINVALUE 0', boot);
    EXECUTE format('CREATE UNLOGGED SEQUENCE telemed_failover.%I MINVALUE 0', wall);
    INSERT INTO telemed_failover.instance
    VALUES (its_name, format('telemed_failover.%I', boot)::regclass,
            format('telemed_failover.%I', wall)::regclass);
END $$;

-- Writes the leases of these instances: until `until_s` of this machine's boot clock, at most
-- `length_s` from now. Gives the boot clock. An older renewal that comes late changes nothing and gives NULL.
CREATE FUNCTION telemed_failover.renew(
    instances text[], its_generation bigint, its_epoch bigint, its_number bigint,
    until_s double precision, length_s double precision
) RETURNS double precision
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    now_s double precision := telemed_failover.boot_clock_s();
    left_s double precision := greatest(0, least(until_s - now_s, length_s));
    held record;
    newest record;
    unknown text;
BEGIN
    PERFORM pg_advisory_xact_lock(1413825877); -- one renewal at a time, also of a thawed session
    SELECT * INTO held FROM telemed_failover.term();
    IF (its_generation, its_epoch) < (held.generation, held.epoch) THEN
        RAISE EXCEPTION 'refused: term %.% is lower than %.%, which the database has seen',
            its_generation, its_epoch, held.generation, held.epoch USING ERRCODE = 'TM002';
    END IF;
    SELECT coalesce(pg_sequence_last_value('telemed_failover.lease_generation'), 0) AS generation,
           coalesce(pg_sequence_last_value('telemed_failover.lease_epoch'), 0) AS epoch,
           coalesce(pg_sequence_last_value('telemed_failover.lease_number'), 0) AS number
      INTO newest;
    IF (its_generation, its_epoch, its_number)
        <= (newest.generation, newest.epoch, newest.number)
    THEN
        RETURN NULL;
    END IF;
    SELECT string_agg(wanted, ', ') INTO unknown FROM unnest(instances) AS wanted
     WHERE NOT EXISTS (SELECT FROM telemed_failover.instance WHERE name = wanted);
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION 'no such instance: %', unknown
            USING HINT = 'SELECT telemed_failover.add_instance(...)';
    END IF;
    PERFORM setval('telemed_failover.lease_generation', its_generation),
            setval('telemed_failover.lease_epoch', its_epoch),
            setval('telemed_failover.lease_number', its_number),
            setval('telemed_failover.lease_server', telemed_failover.server_life());
    PERFORM setval(until_boot, ((now_s + left_s) * 1000000)::bigint),
            setval(until_wall, (extract(epoch FROM clock_timestamp()) * 1000000
                                + left_s * 1000000)::bigint)
       FROM telemed_failover.instance WHERE name = ANY (instances);
    RETURN now_s;
END $$;

-- How long the lease of each instance is still good; for people.
CREATE VIEW telemed_failover.lease AS
SELECT name,
       CASE WHEN pg_sequence_last_value('telemed_failover.lease_server')
                 = telemed_failover.server_life()
            THEN greatest(0, least(
                pg_sequence_last_value(until_boot) / 1000000.0
                    - telemed_failover.boot_clock_s(),
                pg_sequence_last_value(until_wall) / 1000000.0
                    - extract(epoch FROM clock_timestamp())::double precision))
            ELSE 0 END AS left_s
  FROM telemed_failover.instance;

-- Raises unless the leases of these instances are good; of all, if none is named.
CREATE FUNCTION telemed_failover.refuse_without_lease(instances text[], what text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- The file shows hundredths of a second, cut off.
    boot bigint := ((telemed_failover.boot_clock_s() + 0.01) * 1000000)::bigint;
    wall bigint := (extract(epoch FROM clock_timestamp()) * 1000000)::bigint;
    over text := 'every instance';
    life bigint;
BEGIN
    life := pg_sequence_last_value('telemed_failover.lease_server');
    IF life IS NOT DISTINCT FROM telemed_failover.server_life() THEN
        SELECT CASE WHEN count(*) = 0 THEN 'every instance'
                    ELSE min(name) FILTER (
                        WHERE coalesce(pg_sequence_last_value(until_boot), 0) <= boot
                           OR coalesce(pg_sequence_last_value(until_wall), 0) <= wall) END
          INTO over
          FROM telemed_failover.instance
         WHERE cardinality(instances) = 0 OR name = ANY (instances);
    END IF;
    IF over IS NOT NULL THEN
        RAISE EXCEPTION '% refused: the lease of % is over', what, over
            USING ERRCODE = 'TM001', HINT = 'this server does not own it now; ask who does';
    END IF;
END $$;

CREATE FUNCTION telemed_failover.check_statement() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        RAISE EXCEPTION 'TRUNCATE refused: it cannot be checked at the commit, nor listed'
            USING ERRCODE = 'TM004', HINT = 'use DELETE';
    END IF;
    PERFORM telemed_failover.refuse_without_lease(coalesce(TG_ARGV, '{}'), TG_OP);
    PERFORM telemed_failover.refuse_another_term();
    RETURN NULL;
END $$;

-- At the commit, once a transaction and not once a row: the first change since the last check asks
-- for one. What a savepoint takes back takes the request back too.
CREATE FUNCTION telemed_failover.first_change() RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF current_setting('telemed.commit_is_checked', true) = pg_current_xact_id()::text THEN
        RETURN false;
    END IF;
    PERFORM set_config('telemed.commit_is_checked', pg_current_xact_id()::text, true);
    RETURN true;
END $$;

CREATE FUNCTION telemed_failover.check_commit() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('telemed.commit_is_checked', '', true);
    PERFORM telemed_failover.refuse_without_lease(coalesce(TG_ARGV, '{}'), 'COMMIT');
    RETURN NULL;
END $$;
