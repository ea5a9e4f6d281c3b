-- The pulse: how old what is read here may be. And digests of tables, by which two copies compare.
--
-- Once a second the owner writes, under a good lease, when it did so. Whoever sees that row in a
-- copy sees all that was acknowledged before. The row is logged and seen by the reader's own
-- snapshot: label and rows belong together also in a long transaction.
--
-- Two machines' clocks are never compared. The owner writes down the newest moment that the copy
-- told of its own clock (`echo`), which was before the pulse. So the copy's age is at most what its
-- own clock has gone since; by how much the clocks differ does not matter.
-- A pulse says in the log what it is: of a divergent tail it is nothing that is worth keeping.
-- Errors: TM001 no lease, TM002 a lower term.

CREATE TABLE telemed_failover.pulse (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    generation bigint NOT NULL,
    epoch bigint NOT NULL,
    at timestamptz NOT NULL, -- by the owner's clock
    slot name,               -- of the copy that told its time; null: none has in this term
    echo timestamptz         -- by that copy's clock
) WITH (fillfactor = 10);    -- changed in place

-- Gives what was written; null: somebody else writes one at this moment, or the take is not known.
CREATE FUNCTION telemed_failover.pulse(instances text[], its_generation bigint, its_epoch bigint)
RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    -- Before the lease is looked at: at this moment nobody else may have written.
    moment timestamptz := clock_timestamp();
    held record;
    heard record;
BEGIN
    IF NOT pg_try_advisory_xact_lock(1413825879) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO held FROM telemed_failover.term();
    IF (its_generation, its_epoch) < (held.generation, held.epoch) THEN
        RAISE EXCEPTION 'refused: term %.% is lower than %.%, which the database has seen',
            its_generation, its_epoch, held.generation, held.epoch USING ERRCODE = 'TM002';
    END IF;
    IF (its_generation, its_epoch) > (held.generation, held.epoch) THEN
        RETURN NULL;
    END IF;
    PERFORM telemed_failover.refuse_without_lease(instances, 'pulse');
    SELECT slots.slot_name AS slot, reply_time AS echo INTO heard
      FROM pg_replication_slots AS slots JOIN pg_stat_replication ON pid = active_pid
     WHERE starts_with(slots.slot_name, 'telemed_') AND reply_time IS NOT NULL
     ORDER BY reply_time DESC LIMIT 1;
    INSERT INTO telemed_failover.pulse AS last (generation, epoch, at, slot, echo)
    VALUES (its_generation, its_epoch, moment, heard.slot, heard.echo)
    ON CONFLICT (only_one) DO UPDATE
       SET generation = excluded.generation, epoch = excluded.epoch, at = excluded.at,
           -- What was heard last stays true until more is heard, but for another owner.
           slot = CASE WHEN excluded.echo IS NULL AND (last.generation, last.epoch)
                            = (excluded.generation, excluded.epoch)
                  THEN last.slot ELSE excluded.slot END,
           echo = CASE WHEN excluded.echo IS NULL AND (last.generation, last.epoch)
                            = (excluded.generation, excluded.epoch)
                  THEN last.echo ELSE excluded.echo END;
    PERFORM pg_logical_emit_message(true, 'telemed.pulse', '');
    RETURN moment;
END $$;

-- Of what moment this snapshot is. `site`: the owner; `at`: by its clock; `age_s`: at most so old,
-- null: not known. Whoever reads by several statements asks first, or reads in one snapshot.
CREATE FUNCTION telemed_failover.as_of(
    OUT site text, OUT generation bigint, OUT epoch bigint, OUT at timestamptz,
    OUT age_s double precision, OUT label text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    known record;
    since timestamptz; -- by the clock here
    owns boolean := false;
BEGIN
    SELECT held.generation, held.epoch, held.generation > 0 AS taken INTO known
      FROM telemed_failover.term() AS held;
    IF NOT pg_is_in_recovery() AND known.taken THEN
        SELECT coalesce(bool_and(left_s > 0.02), false) INTO owns FROM telemed_failover.lease;
    END IF;
    IF owns THEN
        generation := known.generation;
        epoch := known.epoch;
        since := CASE current_setting('transaction_isolation') WHEN 'read committed'
                 THEN statement_timestamp() ELSE transaction_timestamp() END;
        at := since;
    ELSE
        SELECT pulse.generation, pulse.epoch, pulse.at,
               CASE WHEN pulse.slot = current_setting('primary_slot_name') THEN pulse.echo
                    WHEN NOT pg_is_in_recovery() AND (pulse.generation, pulse.epoch)
                         = (known.generation, known.epoch) THEN pulse.at END
          INTO generation, epoch, at, since
          FROM telemed_failover.pulse;
    END IF;
    SELECT take.site INTO site FROM telemed_failover.take
     WHERE (take.generation, take.epoch) = (as_of.generation, as_of.epoch);
    IF since <= moment THEN -- else the clock here has gone back since
        age_s := extract(epoch FROM moment - since);
    END IF;
    label := CASE WHEN at IS NULL THEN 'of unknown age: no owner has written a pulse'
             ELSE format('as of %s in %s, ', to_char(at, 'YYYY-MM-DD HH24:MI:SSOF'), site)
                  || CASE WHEN age_s IS NULL THEN 'of unknown age here'
                     ELSE format('at most %s s old', round(age_s::numeric, 1)) END END;
END $$;

-- Rows of a table, and what they are together: each row's text by SHA-256, the first 128 bits of
-- all of them added up. No order matters, and no memory is needed. It shows no row to its caller.
CREATE FUNCTION telemed_failover.digest(
    relation regclass, hashed boolean, OUT number bigint, OUT digest text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres' SET timezone = 'UTC'
SET extra_float_digits = 1 SET bytea_output = 'hex' SET lc_monetary = 'C' AS $$
DECLARE
    high numeric;
    low numeric;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class WHERE oid = relation AND relkind = 'r'
                   AND relpersistence = 'p') THEN
        RAISE EXCEPTION '% is no table that is copied', relation;
    END IF;
    IF NOT hashed THEN
        EXECUTE format('SELECT count(*) FROM ONLY %s', relation) INTO number;
        RETURN;
    END IF;
    -- By `format`, and not by a cast to text, which a table's owner may have defined.
    EXECUTE format(
        'SELECT count(*), coalesce(sum((''x'' || left(hash, 16))::bit(64)::bigint), 0), '
        'coalesce(sum((''x'' || substr(hash, 17, 16))::bit(64)::bigint), 0) '
        'FROM ONLY %s AS each, encode(sha256(convert_to(format(''%%s'', each), '
        'getdatabaseencoding())), ''hex'') AS hash', relation) INTO number, high, low;
    digest := left(encode(sha256(convert_to(concat_ws(' ', number, high, low), 'UTF8')), 'hex'),
                   32);
END $$;
