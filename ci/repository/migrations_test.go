package repository_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration/settings"
)

func TestMigrationsAreTriedAsTheirTableStates(t *testing.T) {
	f := loaded(t, withTrial+"[migrations]\ntarget = \"m\"\n"+minimal)
	require.Equal(t, &settings.Migrations{Dir: "migrations", Target: "m", Rows: 10_000, Blocked: 2 * time.Second, Timeout: 10 * time.Minute}, f.Migrations)
	steps, err := f.Steps(nil)
	require.NoError(t, err)
	require.Equal(t, []string{"migrations", "image"}, steps)

	f = loaded(t, withTrial+`[migrations]
dir = "db"
target = "m"
files = ["cmd", "db"]
squawk = ".squawk.toml"
applied = "2"
naming = "^[a-z_]+$"
rows = 5
max_lock = "Share"
max_blocked = "50ms"
timeout = "1m"
`+minimal)
	require.Equal(t, &settings.Migrations{
		Dir: "db", Target: "m", Files: []string{"cmd", "db"}, Squawk: ".squawk.toml", Applied: "2", Naming: "^[a-z_]+$",
		Rows: 5, Lock: "Share", Blocked: 50 * time.Millisecond, Timeout: time.Minute,
	}, f.Migrations)
	require.Nil(t, loaded(t, minimal).Migrations)
}
