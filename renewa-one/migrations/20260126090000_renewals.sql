-- One row for each renewal, so that a contract has a history and not just a last time.
CREATE TABLE renewals (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  contract_id bigint NOT NULL REFERENCES contracts (id) ON DELETE CASCADE,
  renewed_from date NOT NULL,
  renewed_to date NOT NULL CHECK (renewed_to > renewed_from),
  renewed_at timestamptz NOT NULL DEFAULT now()
);
