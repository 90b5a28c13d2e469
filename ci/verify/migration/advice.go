package migration

// advised is why a finding of a rule matters and what to do instead, for rules whose tool does not explain them.
type advised struct{ why, instead string }

const (
	stillRead = "the previous release still reads it, while machines are updated and after a rollback"
	laterDrop = "first release code that does not use it; drop it in a migration of a later release"
	addBeside = "add the new name beside the old one, write to both, move the readers, and drop the old one in a later release"
)

var advice = map[string]advised{
	"DS101": {stillRead, laterDrop},
	"DS102": {stillRead, laterDrop},
	"DS103": {stillRead, laterDrop},
	"BC101": {stillRead, addBeside},
	"BC102": {stillRead, addBeside},
	"MF101": {"the migration fails on a table with duplicates", "count the duplicates and resolve them in a migration before this one"},
	"MF102": {"the migration fails on a table with duplicates", "count the duplicates and resolve them in a migration before this one"},
	"MF103": {"the migration fails on a table with rows, and the previous release gives the column no value", "give the column a DEFAULT, or add it nullable, fill it, and set NOT NULL in a later release"},
	"MF104": {"the migration fails on a table with a NULL in the column", "fill the column first; then add CHECK (… IS NOT NULL) NOT VALID and validate it in a migration of its own"},
	"CD101": {"from then on rows can be written that break the constraint", "keep the constraint until no code relies on it"},

	"ban-drop-column":      {stillRead, laterDrop},
	"ban-drop-table":       {stillRead, laterDrop},
	"ban-drop-database":    {"a migration changes one database; this statement drops one", "drop a database by hand, after a backup"},
	"ban-drop-not-null":    {"code that reads the column expects a value", "first release code that accepts NULL"},
	"renaming-column":      {stillRead, addBeside},
	"renaming-table":       {stillRead, addBeside},
	"changing-column-type": {"", "add a column of the new type beside it, write to both, fill the new one in batches, and drop the old one in a later release"},
	"ban-char-field":       {"", "use text"},
	"syntax-error":         {"", "correct the statement"},

	FileEdited:     {"a database that ran the original file refuses the edited one, or differs from a new database", "restore the file and put the change in a new migration; if no database ran the file, write atlas.sum again"},
	FileRemoved:    {"a database that ran the file has a revision without a file", "restore the file; undo its changes in a new migration"},
	FileUnlisted:   {"a file that atlas.sum does not list was not reviewed as part of the history", "write atlas.sum again and commit it"},
	FileReordered:  {"databases would run the files in different orders", "give the newer file the newer version, and write atlas.sum again"},
	VersionTwice:   {"of two files with one version only one is applied", "rename one"},
	SumMissing:     {"without atlas.sum an edit of an old migration is not detected", "write atlas.sum with the migrator or Atlas, and commit it"},
	SumBroken:      {"Atlas did not write this file", "write atlas.sum again with the migrator or Atlas, never by hand"},
	BareWaiver:     {"without a reason no reader knows whether the waiver is still right", "write the reason in the line above, or after the rules: -- squawk-ignore RULE -- reason"},
	IdleWaiver:     {"the waiver would hide the next finding of its rule", "remove it"},
	UnprovedData:   {"a migration that ran may still have moved rows wrongly", "write before.sql and after.sql for the migration; each query of after.sql must return true"},
	FalseAssertion: {"the migration does not move the data as the assertion states", "correct the migration; if it was applied already, in a new one"},
	Misnamed:       {"naming in pipeline.toml states the form of names", "change the name now: later, a rename breaks the code that reads it"},
	Unfilled:       {"how long a migration locks a table cannot be measured on an empty one", "write a rows.sql that fills the table"},
	BlocksLong:     {"every transaction that needs the table waits that long", "split the migration: a constraint NOT VALID first, an index CONCURRENTLY, rows in batches"},
	BlocksHard:     {"max_lock in pipeline.toml forbids that lock", "use a form with a weaker lock, such as CONCURRENTLY or NOT VALID"},
	DoesNotApply:   {"a deploy runs the migrator before it updates machines, and stops if the migrator fails", "run the migrator on an empty database to see its whole output"},
	NotIdempotent:  {"every deploy runs the migrator, also one without a new migration", "make the migrator compare the recorded revisions with the files"},
	Drifted:        {"tests ran on another schema than the database has", "put the change in a migration, or undo it in the database"},
}

// The rules that no other tool has.
const (
	FileEdited     = "file-edited"
	FileRemoved    = "file-removed"
	FileUnlisted   = "file-unlisted"
	FileReordered  = "file-reordered"
	VersionTwice   = "version-twice"
	SumMissing     = "sum-missing"
	SumBroken      = "sum-broken"
	BareWaiver     = "waiver-without-reason"
	IdleWaiver     = "waiver-of-nothing"
	DoesNotApply   = "does-not-apply"
	NotIdempotent  = "not-idempotent"
	UnprovedData   = "data-without-assertions"
	FalseAssertion = "assertion-false"
	Misnamed       = "naming"
	Unfilled       = "table-not-filled"
	BlocksLong     = "blocks-too-long"
	BlocksHard     = "blocks-too-hard"
	Drifted        = "drift"
)
