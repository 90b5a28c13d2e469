-- atlas:txmode none

-- The list counts renewals by contract. Built without locking out writers, which no
-- transaction allows; the DROP clears what an interrupted attempt leaves behind.
DROP INDEX CONCURRENTLY IF EXISTS renewals_contract_id;
-- squawk-ignore ban-concurrent-index-creation-in-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS renewals_contract_id ON renewals (contract_id);
