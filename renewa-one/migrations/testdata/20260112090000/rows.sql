-- Contracts as they are in use: every other one was renewed before.
INSERT INTO contracts (title, supplier, renews_on, term_months, last_renewed_from, last_renewed_at)
SELECT 'Contract ' || n, 'Supplier ' || n % 50, date '2026-01-01' + n % 700, 12,
  CASE WHEN n % 2 = 0 THEN date '2025-01-01' + n % 300 END,
  CASE WHEN n % 2 = 0 THEN timestamptz '2025-06-01 10:00Z' + n * interval '1 minute' END
FROM generate_series(1, current_setting('pipeline.rows')::int) AS n;
