package suite

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
)

func TestADatabaseThatDoesNotAnswerIsNamedByTheUsersOwnWords(t *testing.T) {
	for address, want := range map[string]string{
		"postgres://app:hunter2@through:5432/shop": "the database given by --database does not answer: refused\nCheck that a Postgres or a tunnel listens on the port of this machine that --through names, and check user and password",
		"postgres://app:hunter2@db.acme:5432/shop": "the database given by --database does not answer: refused\nCheck host, port, user and password. A database that only this machine reaches needs --through tcp://127.0.0.1:PORT, and the host through in its address",
		"shop":                       "the address given by --database is not postgres://user:password@host:5432/name",
		"postgres://%zz:hunter2@x/y": "the address given by --database is not postgres://user:password@host:5432/name",
	} {
		err := &unreachableError{address, errors.New("refused")}
		require.EqualError(t, err, want)
	}
}

func TestAnAddressWithANewlineAtItsEndIsReadWithoutIt(t *testing.T) {
	_, err := try(t, tree(), nil)
	require.NoError(t, err)
	t.Setenv("THERE", connect(t).Address("up")+"\n")
	r, err := driftOfThere(t)
	require.NoError(t, err)
	require.Empty(t, r.Findings)
	t.Setenv("THERE", "postgres://nobody:hunter2@127.0.0.1:1/none\n")
	_, err = driftOfThere(t)
	require.ErrorContains(t, err, "the database given by --database does not answer: ")
	require.NotContains(t, err.Error(), "hunter2")
}

func driftOfThere(t *testing.T) (migration.Report, error) {
	t.Helper()
	return try(t, tree(), func(trial *migration.Trial) { trial.Database, trial.Migrator = "THERE", nil })
}
