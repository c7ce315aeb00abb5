let m0055LivePrivacy = #"""
    -- An event without the name of one user; the rest of its text stays as it is, byte by byte.
    CREATE FUNCTION live_without_names(body text, who bigint) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT regexp_replace(
            body, '("(?:by|user)":\{"id":' || who || ',"name":)"(?:[^"\\]|\\.)*"', '\1"Erased user"', 'g')
    $$;

    -- An event without any name.
    CREATE FUNCTION live_without_names(body text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, public, pg_temp
    AS $$
        SELECT regexp_replace(
            body, '("(?:by|user)":\{"id":[0-9]+,"name":)"(?:[^"\\]|\\.)*"', '\1""', 'g')
    $$;

    GRANT UPDATE (body) ON live_events TO cohort_app;
    """#
