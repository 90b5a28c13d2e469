-- # ruleid: password-in-sql
CREATE ROLE reporting LOGIN PASSWORD 'reporting';
-- # ok: password-in-sql
CREATE ROLE billing LOGIN;

-- # ruleid: grant-to-public-sql
GRANT SELECT ON contracts TO PUBLIC;
-- # ok: grant-to-public-sql
GRANT SELECT ON contracts TO billing;
-- # ok: grant-to-public-sql
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- # ruleid: definer-without-search-path-sql
CREATE FUNCTION due() RETURNS bigint LANGUAGE sql SECURITY DEFINER
  AS $$ SELECT count(*) FROM contracts $$;
-- # ok: definer-without-search-path-sql
CREATE FUNCTION due() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = ''
  AS $$ SELECT count(*) FROM public.contracts $$;

CREATE FUNCTION empty(name text, label text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- # ruleid: execute-by-string-sql
  EXECUTE 'TRUNCATE ' || name;
  -- # ruleid: execute-by-string-sql
  EXECUTE format('TRUNCATE %s', name);
  -- # ok: execute-by-string-sql
  EXECUTE format('COMMENT ON TABLE %I IS %L', name, label);
  -- # ok: execute-by-string-sql
  EXECUTE 'TRUNCATE ' || quote_ident(name);
END $$;
