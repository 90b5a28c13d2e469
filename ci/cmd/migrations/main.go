// Command migrations checks an app's migrations on a Postgres of its own, with the migrator that ships, and writes a
// report. It exits with 0 whatever it finds; it fails only if it could not check.
//
//	migrations -dir migrations -server postgres://… -out report -- /app/migrate apply
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/suite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	trial, err := migration.ParseTrial(os.Args[1:], os.Stderr)
	if err == nil {
		err = suite.Run(ctx, trial, os.Stdout)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "migrations:", err)
		os.Exit(1)
	}
}
