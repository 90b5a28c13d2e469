package migration

// known is why a finding of a rule matters and what to do instead, where the tool does not say it.
type known struct{ why, instead string }

const (
	stillRead = "the release before this one still reads it, during the roll and after a rollback"
	laterDrop = "first release code that does not name it; drop it in a migration of a later release"
	addBeside = "add the new name beside the old one, write both, move the readers, and drop the old one in a later release"
)

var advice = map[string]known{
	"DS101": {stillRead, laterDrop},
	"DS102": {stillRead, laterDrop},
	"DS103": {stillRead, laterDrop},
	"BC101": {stillRead, addBeside},
	"BC102": {stillRead, addBeside},
	"MF101": {"it fails on a table with duplicates, and the migration with it", "count the duplicates and resolve them in a migration before this one"},
	"MF102": {"it fails on a table with duplicates, and the migration with it", "count the duplicates and resolve them in a migration before this one"},
	"MF103": {"it fails on a table with rows, and the release before this one gives the column no value", "give it a DEFAULT, or add it nullable, fill it, and set NOT NULL in a later release"},
	"MF104": {"it fails on a table with a NULL in the column", "fill the column first; then add CHECK (… IS NOT NULL) NOT VALID and validate it in a migration of its own"},
	"CD101": {"rows that break the rule can come in from then on", "keep the constraint until no code relies on it"},

	"ban-drop-column":      {stillRead, laterDrop},
	"ban-drop-table":       {stillRead, laterDrop},
	"ban-drop-database":    {"a migration is for one database, and this ends one", "drop a database by hand, after a backup"},
	"ban-drop-not-null":    {"code that reads the column expects a value in it", "release code that copes with NULL first"},
	"renaming-column":      {stillRead, addBeside},
	"renaming-table":       {stillRead, addBeside},
	"changing-column-type": {"", "add a column of the new type beside it, write both, fill it in batches, and drop the old one in a later release"},
	"ban-char-field":       {"", "use text"},
	"syntax-error":         {"", "correct it"},

	FileEdited:     {"a database that ran it as it was will refuse it, or differ from a new one", "restore it and put the change in a new migration; if it was never applied anywhere, write atlas.sum anew"},
	FileRemoved:    {"a database that ran it knows a migration that nobody has any more", "bring it back; undo what it did in a new migration"},
	FileUnlisted:   {"what is not listed was not reviewed as part of the history", "write atlas.sum anew and commit it"},
	FileReordered:  {"databases would run the files in different orders", "give the newer file the newer version, and write atlas.sum anew"},
	VersionTwice:   {"only one of two files with one version is ever run", "rename one"},
	SumMissing:     {"without it nobody sees that an old migration was edited", "write it with the migrator or Atlas, and commit it"},
	SumBroken:      {"it is not what Atlas writes", "resolve it by writing it anew, never by hand"},
	BareWaiver:     {"the next reader cannot tell whether it still holds", "write the reason in the line above, or after the rules: -- squawk-ignore RULE -- reason"},
	IdleWaiver:     {"it would hide the next finding of that rule", "remove it"},
	UnprovedData:   {"that it ran does not say that every row went where it should", "write before.sql and after.sql for it; each query of after.sql must return true"},
	FalseAssertion: {"the migration does not move the data as it should", "correct the migration; if it was applied already, with a new one"},
	Misnamed:       {"pipeline.toml says how names are made, so that nobody has to look them up", "name it so now: a name that is read cannot be changed at once"},
	Unfilled:       {"what a migration costs is not known from an empty table", "write a rows.sql that fills it"},
	BlocksLong:     {"everybody who writes to the table, or reads it, waits that long", "split it: a constraint NOT VALID first, an index CONCURRENTLY, rows in batches"},
	BlocksHard:     {"pipeline.toml allows no lock as strong", "use a form that takes a weaker one, such as CONCURRENTLY or NOT VALID"},
	DoesNotApply:   {"a deployment runs the migrator before its machines, and ends with it", "run it on an empty database to see all that it says"},
	NotIdempotent:  {"every deployment runs the migrator, also those without a new migration", "make it compare what is recorded with the files"},
	Drifted:        {"what was tested is not what is there", "put the change in a migration, or take it back in the database"},
}

// The rules of our own.
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
