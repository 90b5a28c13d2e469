INSERT INTO contracts (title, supplier, renews_on, term_months, last_renewed_from, last_renewed_at)
VALUES
  ('renewed', 'A', '2027-03-01', 12, '2026-03-01', '2026-02-20 09:30Z'),
  ('renewed on its last day', 'A', '2027-01-02', 12, '2027-01-01', '2027-01-01 00:00Z'),
  ('never renewed', 'A', '2026-09-01', 12, NULL, NULL),
  ('renewed nobody knows when', 'A', '2026-09-01', 12, '2025-09-01', NULL),
  ('brought forward since', 'A', '2026-01-01', 12, '2026-05-01', '2026-04-20 09:30Z');
