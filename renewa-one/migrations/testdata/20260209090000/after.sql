-- Every renewal that is known in full is in the history, once, with its dates and its time.
SELECT array_agg(c.title ORDER BY c.title) = ARRAY['renewed', 'renewed on its last day']
FROM renewals r JOIN contracts c ON c.id = r.contract_id;

SELECT (r.renewed_from, r.renewed_to, r.renewed_at) = ('2026-03-01', '2027-03-01', '2026-02-20 09:30Z')
FROM renewals r JOIN contracts c ON c.id = r.contract_id
WHERE c.title = 'renewed';

-- The release before still reads these.
SELECT count(last_renewed_from) = 4 AND count(last_renewed_at) = 3 FROM contracts;
