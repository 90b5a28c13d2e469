// Package settings has the settings of the step that runs the app's migrations. It is apart from package migration,
// because the program that runs in the app's image is built without it.
package settings

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/lockmode"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// Migrations are the settings of [migrations]: the step runs the app's migrations with the migrator that is deployed.
type Migrations struct {
	Dir     string        // the folder of the migrations, below the context
	Target  string        // the stage of the Dockerfile that contains the migrator and its dependencies
	Files   []string      // all files that the stage is built from; empty: every file
	Squawk  string        // squawk's configuration, below the context; may be empty
	Applied string        // migrations up to this version are not linted, and need no assertion or lock measure; may be empty
	Naming  string        // a regular expression for the names of tables, columns and indexes; empty: any
	Rows    int           // in each table, while the step measures locks
	Lock    string        // the strongest lock that a migration may take on a table that it did not create; empty: any
	Blocked time.Duration // how long a migration may block writes to such a table
	Timeout time.Duration
}

// Table decodes [migrations].
func Table(into **Migrations) config.Table { return pipeline.Single("migrations", into, decode) }

func decode(t *tomlfile.Table, in pipeline.Config) Migrations {
	m := Migrations{
		Dir:     pipeline.Folder(t, "dir", "migrations"),
		Target:  pipeline.RequiredText(t, "target", "the stage of the Dockerfile that has the migrator"),
		Files:   pipeline.Folders(t, "files"),
		Squawk:  tomlfile.Or(t.String("squawk"), ""),
		Applied: tomlfile.Or(t.String("applied"), ""),
		Naming:  tomlfile.Or(t.String("naming"), ""),
		Rows:    tomlfile.Or(t.Int("rows"), 10_000),
		Lock:    tomlfile.Or(t.String("max_lock"), ""),
		Blocked: maxBlocked(t),
		Timeout: pipeline.Timeout(t),
	}
	if m.Rows < 1 {
		t.Refuse("rows", "must be at least 1")
	}
	if _, err := regexp.Compile(m.Naming); err != nil {
		t.Refuse("naming", "%v", err)
	}
	if m.Lock != "" && !slices.Contains(lockmode.Names(), m.Lock) {
		t.Refuse("max_lock", "unknown lock mode %q: use %s", m.Lock, strings.Join(lockmode.Names(), ", "))
	}
	pipeline.RequireTrial(t, in, "the Postgres on which the migrations run, and the variable with the address of the database")
	return m
}

func maxBlocked(t *tomlfile.Table) time.Duration {
	text := t.String("max_blocked")
	if text == nil {
		return 2 * time.Second
	}
	d, err := time.ParseDuration(*text)
	if err != nil || d <= 0 {
		t.Refuse("max_blocked", "%q is not a time above 0: write a number with ms, s, m or h, as in \"2s\"", *text)
	}
	return d
}
