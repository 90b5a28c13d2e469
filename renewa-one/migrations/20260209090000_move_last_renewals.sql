-- Move the last renewal that a contract remembers into its history.
-- The two old columns stay, unread: the release before this one still names them.
INSERT INTO renewals (contract_id, renewed_from, renewed_to, renewed_at)
SELECT id, last_renewed_from, renews_on, last_renewed_at
FROM contracts
WHERE last_renewed_from < renews_on AND last_renewed_at IS NOT NULL
ORDER BY id;
