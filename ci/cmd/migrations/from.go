package main

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"ariga.io/atlas/sql/migrate"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// turns is how many versions are tried when none is named: the newest of them.
const turns = 20

// upFromVersions has the migrator that ships go on from a version that another stage may be at.
func (t *trial) upFromVersions(ctx context.Context) (string, error) {
	from, err := t.starts()
	if err != nil {
		return "", err
	}
	if !t.up || t.good < len(t.folder.list) {
		return "", skipped("no database was brought up")
	}
	var names []string
	for _, n := range from {
		if err := t.upFrom(ctx, n); err != nil {
			return "", err
		}
		names = append(names, t.folder.list[n-1].Version())
	}
	if len(names) == 0 {
		return "there is one version", nil
	}
	return "from " + strings.Join(names, ", "), nil
}

// starts are how many files are applied where the migrator goes on.
func (t *trial) starts() ([]int, error) {
	if t.from == "" {
		var all []int
		for n := max(1, len(t.folder.list)-turns); n < len(t.folder.list); n++ {
			all = append(all, n)
		}
		return all, nil
	}
	at := slices.IndexFunc(t.folder.list, func(f migrate.File) bool { return f.Version() == t.from })
	if at < 0 {
		var known []string
		for _, f := range t.folder.list {
			known = append(known, f.Version())
		}
		return nil, fmt.Errorf("there is no migration of version %q; there are %s", t.from, strings.Join(known, ", "))
	}
	return []int{at + 1}, nil
}

func (t *trial) upFrom(ctx context.Context, n int) error {
	const name = "from"
	if err := t.server.create(ctx, name, state(n)); err != nil {
		return err
	}
	version := t.folder.list[n-1].Version()
	said, ok, err := t.shipped(ctx, name)
	if err != nil {
		return err
	}
	if !ok {
		t.found(t.about("from", fmt.Sprintf("From version %s, the migrator does not come to the newest:\n%s", version, last(said))))
	} else if err := t.server.with(name, func(db *sql.DB) error {
		differences, err := t.compare(ctx, db, len(t.folder.list))
		for _, d := range differences {
			t.found(migration.Finding{Check: "from", File: t.shown, Rules: []string{migration.Drifted}, What: fmt.Sprintf("From version %s: %s", version, d)})
		}
		return err
	}); err != nil {
		return err
	}
	return t.server.drop(ctx, name)
}
