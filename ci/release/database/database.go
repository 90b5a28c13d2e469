// Package database makes the Postgres of an environment on a local Fly.
//
// On Fly's cloud a person makes the database, with backups and a plan; this package only finds the roles that it must
// have.
package database

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/secret"
)

// Platform has the calls of Fly that Ensure and Ready need.
type Platform interface {
	Secrets(ctx context.Context, app string) ([]fly.AppSecret, error)
	SetSecrets(ctx context.Context, app string, set secret.Set, unset ...string) (uint64, []fly.AppSecret, error)
	Volumes(ctx context.Context, app string) ([]fly.Volume, error)
	CreateVolume(ctx context.Context, app, name, region string, gb int) (*fly.Volume, error)
	Machines(ctx context.Context, app string) ([]*fly.Machine, error)
	Machine(ctx context.Context, app, id string) (*fly.Machine, error)
	Launch(ctx context.Context, app string, in fly.LaunchMachineInput) (*fly.Machine, error)
	Start(ctx context.Context, app, id, nonce string) error
	SetMetadata(ctx context.Context, app, id, key, value string) error
	Exec(ctx context.Context, app, id, command, stdin string) (*fly.MachineExecResponse, error)
}

const (
	superuser = "POSTGRES_PASSWORD" // the variable of the Postgres image
	volume    = "pgdata"
	psql      = `sh -c 'PGPASSWORD="$POSTGRES_PASSWORD" exec psql -h 127.0.0.1 -U postgres -d postgres -v ON_ERROR_STOP=1 -qAt'`
)

// Ensure makes the database in an existing app: the machine, its volume, the two roles with the passwords from the URLs
// in the secrets, and the database itself. Existing parts stay as they are.
func Ensure(ctx context.Context, platform Platform, db pipeline.Database, region string, set secret.Set) error {
	roles, err := Roles(db, set)
	if err != nil {
		return err
	}
	m, err := machine(ctx, platform, db, region)
	if err != nil {
		return fmt.Errorf("database %s was not created: %w", db.App, err)
	}
	sql, err := script(db, roles)
	if err != nil {
		return err
	}
	if err := run(ctx, platform, db.App, m, sql); err != nil {
		return err
	}
	return platform.SetMetadata(ctx, db.App, m, done, fingerprint(roles, db.App))
}

// Ready reports whether Ensure has nothing left to do.
func Ready(ctx context.Context, platform Platform, db pipeline.Database, set secret.Set) (bool, error) {
	roles, err := Roles(db, set)
	if err != nil {
		return false, err
	}
	all, err := platform.Machines(ctx, db.App)
	for _, m := range all {
		if m.State == fly.MachineStateStarted && m.GetMetadataByKey(done) == fingerprint(roles, db.App) {
			return true, nil
		}
	}
	return false, err
}

// done is the key of the machine's metadata that has a fingerprint of the database's roles and passwords.
const done = "pipeline_database"

func fingerprint(roles []Role, salt string) string {
	set := secret.Set{}
	for _, r := range roles {
		set = set.With(r.Name, r.Password)
	}
	return set.Fingerprint(salt)
}

func machine(ctx context.Context, platform Platform, db pipeline.Database, region string) (string, error) {
	all, err := platform.Machines(ctx, db.App)
	if err != nil {
		return "", err
	}
	if len(all) > 0 {
		m := all[0]
		if m.State == fly.MachineStateStopped {
			return m.ID, platform.Start(ctx, db.App, m.ID, "")
		}
		return m.ID, nil
	}
	if err := password(ctx, platform, db.App); err != nil {
		return "", err
	}
	vol, err := storage(ctx, platform, db.App, region)
	if err != nil {
		return "", err
	}
	m, err := platform.Launch(ctx, db.App, fly.LaunchMachineInput{Region: region, Config: config(db, vol)})
	if err != nil {
		return "", err
	}
	return m.ID, nil
}

func config(db pipeline.Database, vol string) *fly.MachineConfig {
	return &fly.MachineConfig{
		Image:   db.Image,
		Env:     map[string]string{"PGDATA": "/var/lib/postgresql/data/pgdata"},
		Guest:   &fly.MachineGuest{CPUKind: "shared", CPUs: 1, MemoryMB: 512},
		Mounts:  []fly.MachineMount{{Volume: vol, Name: volume, Path: "/var/lib/postgresql/data"}},
		Restart: &fly.MachineRestart{Policy: fly.MachineRestartPolicyAlways},
		Metadata: map[string]string{
			fly.MachineConfigMetadataKeyFlyPlatformVersion: fly.MachineFlyPlatformVersion2,
			fly.MachineConfigMetadataKeyFlyProcessGroup:    "app",
		},
		StopConfig: &fly.StopConfig{Signal: &interrupt, Timeout: &fly.Duration{Duration: 20 * time.Second}},
	}
}

// interrupt is the signal for a fast and clean stop of Postgres.
var interrupt = "SIGINT"

// password sets the superuser's password once: Postgres stores the first one in the volume.
func password(ctx context.Context, platform Platform, app string) error {
	known, err := platform.Secrets(ctx, app)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Name == superuser {
			return nil
		}
	}
	_, _, err = platform.SetSecrets(ctx, app, secret.NewSet(map[string]string{superuser: rand.Text()}))
	return err
}

func storage(ctx context.Context, platform Platform, app, region string) (string, error) {
	all, err := platform.Volumes(ctx, app)
	if err != nil {
		return "", err
	}
	for _, v := range all {
		if v.Name == volume {
			return v.ID, nil
		}
	}
	v, err := platform.CreateVolume(ctx, app, volume, region, 1)
	if err != nil {
		return "", err
	}
	return v.ID, nil
}

// again is the pause between two attempts to reach a server that is starting.
var again = 500 * time.Millisecond

// run gives a script to psql and repeats that for up to a minute while the server is starting.
func run(ctx context.Context, platform Platform, app, machine, sql string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		out, err := platform.Exec(ctx, app, machine, psql, sql)
		var refused interface{ Final() bool }
		switch {
		case err == nil && out.ExitCode == 0:
			return nil
		case errors.As(err, &refused) && refused.Final():
			return fmt.Errorf("%s was not set up: %w", app, err)
		case err == nil:
			err = fmt.Errorf("psql exited with code %d: %s", out.ExitCode, out.StdErr)
			if out.ExitCode != noConnection {
				return fmt.Errorf("%s was not set up: %w", app, err)
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s was not set up: Postgres was not ready after a minute: %w", app, err)
		case <-time.After(again):
		}
	}
}

// noConnection is psql's exit code when it cannot reach its server.
const noConnection = 2
