// Command migrate brings the database to the newest migration that ships beside it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

const usage = `usage: migrate [-dir DIR] apply | status | hash | seed FILE

  apply   run every pending migration; nothing to do is a success
  status  print the version of the database, or "none"
  hash    write DIR/atlas.sum after a migration was added
  seed    run one SQL file in one transaction

The database is DATABASE_URL_MIGRATION, else DATABASE_URL. DIR is by default the folder
"migrations" beside this program.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, errUsage):
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "migrate:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("usage")

// run does one command. Results go to out, the story of how they came about to log.
func run(ctx context.Context, args []string, out, log io.Writer) error {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	dir := flags.String("dir", besideProgram("migrations"), "")
	if flags.Parse(args) != nil || flags.NArg() == 0 {
		return errUsage
	}
	command, rest := flags.Arg(0), flags.Args()[1:]
	switch {
	case command == "hash" && len(rest) == 0:
		return writeSum(*dir)
	case command == "seed" && len(rest) == 1:
		return withDatabase(ctx, log, func(db *database) error { return seed(ctx, db, rest[0], log) })
	case (command != "apply" && command != "status") || len(rest) != 0:
		return errUsage
	}
	// A folder that is not what was reviewed is refused before any database is touched.
	files, err := open(*dir)
	if err != nil {
		return err
	}
	return withDatabase(ctx, log, func(db *database) error {
		if command == "apply" {
			return apply(ctx, db, files, log)
		}
		return status(ctx, db, files, out, log)
	})
}

func besideProgram(name string) string {
	program, err := os.Executable()
	if err != nil {
		return name
	}
	return filepath.Join(filepath.Dir(program), name)
}
