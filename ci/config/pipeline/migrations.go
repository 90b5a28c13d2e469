package pipeline

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// MigrationsStep is the step that tries the migrations on databases of their own.
const MigrationsStep = "migrations"

// Migrations are how the app's migrations are tried, with the migrator that ships.
type Migrations struct {
	Dir     string        // where they lie, below the context
	Target  string        // the stage of the Dockerfile that has the migrator, and what it needs
	Files   []string      // all that the stage is built from; empty is everything
	Squawk  string        // squawk's configuration, below the context; may be empty
	Applied string        // the version up to which they ran everywhere and cannot be edited; may be empty
	Naming  string        // a regular expression for the names of tables, columns and indexes; empty is any
	Rows    int           // in each table, when locks are measured
	Lock    string        // the strongest lock one may take on a table that was there before it; empty is any
	Blocked time.Duration // how long one may keep others from writing to such a table
	Timeout time.Duration
}

// TableLocks are Postgres's locks on tables, the weakest first.
var TableLocks = []string{"AccessShare", "RowShare", "RowExclusive", "ShareUpdateExclusive", "Share", "ShareRowExclusive", "Exclusive", "AccessExclusive"}

func (p *parser) migrations(root *tomlfile.Table) {
	t := root.Table("migrations")
	if t == nil {
		return
	}
	m := &Migrations{
		Dir:     folder(t, "dir", "migrations"),
		Target:  required(t, "target", "the stage of the Dockerfile that has the migrator"),
		Files:   folders(t, "files"),
		Squawk:  tomlfile.Or(t.String("squawk"), ""),
		Applied: tomlfile.Or(t.String("applied"), ""),
		Naming:  tomlfile.Or(t.String("naming"), ""),
		Rows:    tomlfile.Or(t.Int("rows"), 10_000),
		Lock:    tomlfile.Or(t.String("max_lock"), ""),
		Blocked: blocked(t),
		Timeout: timeout(t),
	}
	if m.Rows < 1 {
		t.Refuse("rows", "must be at least 1")
	}
	if _, err := regexp.Compile(m.Naming); err != nil {
		t.Refuse("naming", "%v", err)
	}
	if m.Lock != "" && !slices.Contains(TableLocks, m.Lock) {
		t.Refuse("max_lock", "%q is no lock on a table; there are %s", m.Lock, strings.Join(TableLocks, ", "))
	}
	if !root.Has("trial") {
		t.Refuse("", "[trial] is missing: it says which Postgres they run on, and where the migrator finds it")
	}
	p.config.Migrations = m
}

func blocked(t *tomlfile.Table) time.Duration {
	text := t.String("max_blocked")
	if text == nil {
		return 2 * time.Second
	}
	d, err := time.ParseDuration(*text)
	if err != nil || d <= 0 {
		t.Refuse("max_blocked", "%q is no time above 0: write a number with ms, s, m or h, as in \"2s\"", *text)
	}
	return d
}
