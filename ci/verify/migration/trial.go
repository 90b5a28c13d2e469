package migration

import (
	"errors"
	"flag"
	"io"
	"strings"

	"al.essio.dev/pkg/shellescape"

	"github.com/renewa/pipeline/ci/config/lockmode"
)

// A Trial names the migrations, the migrator and the databases of one run of the migrations program. Paths are those of
// the container in which the program runs.
type Trial struct {
	Dir      string   // the migrations
	Shown    string   // the name of that folder in findings
	Server   string   // the address of a Postgres whose user may create databases
	Like     string   // the address, for the role that migrates, of the database that every other is copied from; may be empty
	Migrator []string // the migrator that ships, and its arguments
	Variable string   // the variable in which the migrator finds the address of its database
	Squawk   string   // the folder with squawk's report; empty is no squawk
	Released string   // the folder with the atlas.sum of the release; may be empty
	Database string   // the variable with the address of a database to compare; then only integrity and drift run
	From     string   // the version from which the migrator goes on; empty is each of them
	Applied  string   // the version up to which migrations ran everywhere and cannot be edited; may be empty
	Naming   string   // a regular expression for the names of tables, columns and indexes; empty is any
	Out      string   // the folder for the report
	Rows     int      // rows in every table when locks are measured
	Limits   Limits
}

// NewTrial returns the trial of a command line without flags.
func NewTrial() Trial {
	return Trial{Dir: "migrations", Variable: "DATABASE_URL", Out: ".", Rows: 10000}
}

// flags returns the only list of the program's flags. Each flag sets a field of the trial and has the field's present
// value as its default.
func (t *Trial) flags() *flag.FlagSet {
	f := flag.NewFlagSet("migrations", flag.ContinueOnError)
	for _, text := range []struct {
		field       *string
		name, usage string
	}{
		{&t.Dir, "dir", "folder with the migrations"},
		{&t.Shown, "shown", "name of that folder in findings; empty is the folder itself"},
		{&t.Server, "server", "address of a Postgres whose user may create databases"},
		{&t.Like, "like", "address, for the role that migrates, of an empty database with the rights that every other one gets"},
		{&t.Variable, "variable", "variable in which the migrator finds the address of its database"},
		{&t.Squawk, "squawk", "folder with squawk's report"},
		{&t.Released, "released", "folder with the atlas.sum of the release"},
		{&t.Database, "database", "variable with the address of a database to compare with the migrations"},
		{&t.From, "from", "version from which the migrator goes on; empty is each of them"},
		{&t.Applied, "applied", "version up to which migrations ran everywhere and cannot be edited"},
		{&t.Naming, "naming", "regular expression for the names of tables, columns and indexes"},
		{&t.Out, "out", "folder for the report"},
		{(*string)(&t.Limits.Lock), "max-lock", "strongest lock on a table that existed before: " + strings.Join(lockmode.Names(), ", ")},
	} {
		f.StringVar(text.field, text.name, *text.field, text.usage)
	}
	f.IntVar(&t.Rows, "rows", t.Rows, "rows in every table when locks are measured")
	f.DurationVar(&t.Limits.Time, "max-blocked", t.Limits.Time, "how long writers of such a table may wait; 0 is any time")
	return f
}

// ParseTrial reads the command line of the program, without its name. Usage and mistakes are written to w.
func ParseTrial(args []string, w io.Writer) (Trial, error) {
	t := NewTrial()
	f := t.flags()
	f.SetOutput(w)
	if err := f.Parse(args); err != nil {
		return t, err
	}
	if f.NArg() > 0 {
		t.Migrator = f.Args()
	} else if t.Database == "" {
		return t, errors.New("the command of the migrator is missing: give it after --")
	}
	if t.Shown == "" {
		t.Shown = t.Dir
	}
	return t, nil
}

// Command returns the shell command by which the program reads this trial: the flags that differ from their defaults,
// and the migrator.
func (t Trial) Command(program string) string {
	words := []string{program}
	initial := NewTrial()
	defaults := initial.flags()
	t.flags().VisitAll(func(f *flag.Flag) {
		if value := f.Value.String(); value != defaults.Lookup(f.Name).Value.String() {
			words = append(words, "-"+f.Name, value)
		}
	})
	if len(t.Migrator) > 0 {
		words = append(append(words, "--"), t.Migrator...)
	}
	return shellescape.QuoteCommand(words)
}
