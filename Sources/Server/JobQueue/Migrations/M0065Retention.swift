let m0065Retention = #"""
    -- Removes jobs of the chosen institution that are over for so many days, with their progresses.
    CREATE FUNCTION job_sweep_of_institution(days bigint, most bigint)
    RETURNS bigint
    LANGUAGE plpgsql VOLATILE STRICT SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
    AS $$
    DECLARE
        gone bigint;
    BEGIN
        DELETE FROM job_heads h
        WHERE h.institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
            AND h.id = ANY (ARRAY(
                SELECT f.id FROM job_heads f
                WHERE f.institution_id = NULLIF(current_setting('cohort.institution', true), '')::bigint
                    AND f.state IN ('completed', 'cancelled')
                    AND f.finished_at < clock_timestamp() - days * interval '1 day'
                LIMIT most FOR UPDATE SKIP LOCKED));
        GET DIAGNOSTICS gone = ROW_COUNT;
        RETURN gone;
    END
    $$;
    REVOKE ALL ON FUNCTION job_sweep_of_institution(bigint, bigint) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION job_sweep_of_institution(bigint, bigint) TO cohort_app;
    """#
