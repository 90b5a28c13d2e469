-- Contracts to look at during development. Only an empty table is filled, so running this
-- again, or by mistake against a database in use, changes nothing.
INSERT INTO contracts (title, supplier, renews_on, term_months)
SELECT seed.title, seed.supplier, current_date + seed.days, seed.term_months
FROM (
  VALUES
    ('Office lease, 2nd floor', 'Hafen Immobilien', 9, 12),
    ('Error tracking', 'Sentinel Labs', 24, 12),
    ('Mobile phones, 14 lines', 'Nordfunk', 61, 24),
    ('Water dispenser', 'Quelle & Sohn', 118, 6),
    ('Liability insurance', 'Alte Elbe', 203, 12)
) AS seed (title, supplier, days, term_months)
WHERE NOT EXISTS (SELECT FROM contracts);
