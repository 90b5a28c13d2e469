-- A contract renews by itself on renews_on, for another term_months, unless somebody acts.
CREATE TABLE contracts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  title text NOT NULL CHECK (title <> ''),
  supplier text NOT NULL CHECK (supplier <> ''),
  renews_on date NOT NULL,
  term_months integer NOT NULL CHECK (term_months BETWEEN 1 AND 120),
  -- Sealed by the app (AES-GCM): the database never sees the note itself.
  note_sealed text,
  last_renewed_from date,
  last_renewed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
