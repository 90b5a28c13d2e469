// Command migrations tries an app's migrations on a Postgres of its own, with the migrator that ships, and leaves a
// report of what it found. It ends well whatever it found: an error is of a trial that could not be made.
//
//	migrations -dir migrations -server postgres://… -out report -- /app/migrate apply
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// options are what is tried, and with what.
type options struct {
	dir      string         // the migrations
	shown    string         // what findings call that folder
	server   string         // a Postgres that may be filled with databases
	like     string         // the address of a database there that every other is made like, for the role that migrates; may be empty
	migrate  []string       // the command that ships
	variable string         // where it finds the address of its database
	squawk   string         // a folder with squawk's report.json and what it said; empty is no squawk
	released string         // a folder with an atlas.sum of which nothing may differ; may be empty
	from     string         // the version to start from; empty is each of them
	applied  string         // what ran everywhere up to here cannot be edited any more, and is not linted
	database string         // the variable with the address of a database to compare; then nothing else is tried
	naming   *regexp.Regexp // what the names of tables, columns and indexes are like; may be nil
	out      string
	rows     int
	limits   migration.Limits
}

func parse(args []string, w io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("migrations", flag.ContinueOnError)
	f.SetOutput(w)
	f.StringVar(&o.dir, "dir", "migrations", "the folder with the migrations")
	f.StringVar(&o.shown, "shown", "", "what findings call that folder")
	f.StringVar(&o.server, "server", "", "address of a Postgres that may be filled with databases")
	f.StringVar(&o.like, "like", "", "address, for the role that migrates, of a database there that has the rights and no tables")
	f.StringVar(&o.variable, "variable", "DATABASE_URL", "the variable in which the migrator finds its database")
	f.StringVar(&o.squawk, "squawk", "", "a folder with what squawk reported")
	f.StringVar(&o.released, "released", "", "a folder with an atlas.sum of which nothing may differ")
	f.StringVar(&o.from, "from", "", "start from this version; left out, from each of them")
	f.StringVar(&o.applied, "applied", "", "the version up to which nothing can be edited any more")
	f.StringVar(&o.database, "database", "", "the variable with the address of a database to compare with the migrations")
	f.StringVar(&o.out, "out", ".", "the folder for the report")
	f.IntVar(&o.rows, "rows", 10000, "rows in every table when locks are measured")
	f.StringVar(&o.limits.Lock, "max-lock", "", "the strongest lock on a table that was there before")
	f.DurationVar(&o.limits.Time, "max-blocked", 0, "how long those who write to such a table may wait")
	f.Func("naming", "what the names of tables, columns and indexes must match", func(text string) (err error) {
		o.naming, err = regexp.Compile(text)
		return err
	})
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if o.migrate = f.Args(); len(o.migrate) == 0 && o.database == "" {
		return o, errors.New("the command that migrates is missing: give it after --")
	}
	if o.shown == "" {
		o.shown = o.dir
	}
	return o, nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o, err := parse(os.Args[1:], os.Stderr)
	if err == nil {
		err = try(ctx, o, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "migrations:", err)
		stop()
		os.Exit(1)
	}
}

// try makes the trial and writes its report.
func try(ctx context.Context, o options, out io.Writer) error {
	server, err := connect(ctx, o, time.Minute, out)
	if err != nil {
		return err
	}
	folder, err := open(o)
	if err != nil {
		return err
	}
	t := &trial{options: o, server: server, folder: folder, tables: "public"}
	t.report = migration.Report{Version: migration.ReportVersion, Newest: folder.newest(), Rows: o.rows, Findings: []migration.Finding{}, Locks: []migration.Lock{}}
	if err := t.run(ctx); err != nil {
		return err
	}
	return t.write(out)
}
