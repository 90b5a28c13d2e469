package migration_test

import (
	"fmt"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
)

// parse has a shell split a command, and returns the trial that the program reads from it.
func parse(t *testing.T, command string) (migration.Trial, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", `program() { for word; do printf '%s\0' "$word"; done; }; `+command).Output()
	require.NoError(t, err)
	words := strings.Split(string(out), "\x00")
	return migration.ParseTrial(words[:len(words)-1], t.Output())
}

func TestEveryFieldOfATrialIsReadAsTheCommandHasIt(t *testing.T) {
	var whole migration.Trial
	setAll(t, reflect.ValueOf(&whole).Elem(), "")
	got, err := parse(t, whole.Command("program"))
	require.NoError(t, err)
	require.Equal(t, whole, got)

	// Each field by itself, so that none takes another's place.
	for i := range reflect.TypeFor[migration.Trial]().NumField() {
		one := migration.NewTrial()
		one.Shown, one.Database = "s", "d" // the program replaces an empty Shown, and wants a migrator without Database
		setAll(t, reflect.ValueOf(&one).Elem().Field(i), reflect.TypeFor[migration.Trial]().Field(i).Name)
		got, err := parse(t, one.Command("program"))
		require.NoError(t, err)
		require.Equal(t, one, got)
	}
}

// setAll gives a value that no other field has to each field.
func setAll(t *testing.T, v reflect.Value, name string) {
	t.Helper()
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			setAll(t, v.Field(i), name+v.Type().Field(i).Name)
		}
	case reflect.String:
		v.SetString("it's the $" + name)
	case reflect.Slice:
		v.Set(reflect.ValueOf([]string{"/a b", "-dir", `"` + name + `"`, ""}))
	case reflect.Int:
		v.SetInt(int64(7 + len(name)))
	case reflect.Int64:
		require.IsType(t, time.Duration(0), v.Interface(), name)
		v.SetInt(int64(time.Duration(len(name)) * time.Second))
	default:
		require.Fail(t, fmt.Sprintf("no value for the field %s of type %s", name, v.Type()))
	}
}

func TestACommandHasWhatDiffersFromTheDefaults(t *testing.T) {
	require.Equal(t, "/p", migration.NewTrial().Command("/p"))
	trial := migration.NewTrial()
	trial.Dir, trial.Shown, trial.Server, trial.Migrator = "a b", "it's", "postgres://x@y/z", []string{"/app/migrate", "apply"}
	trial.Rows, trial.From, trial.Variable = 5, "2", ""
	require.Equal(t, `/p -dir 'a b' -from 2 -rows 5 -server postgres://x@y/z -shown 'it'"'"'s' -variable '' -- /app/migrate apply`, trial.Command("/p"))
}

func TestATrialNeedsAMigratorUnlessADatabaseIsCompared(t *testing.T) {
	_, err := migration.ParseTrial([]string{"-dir", "x"}, t.Output())
	require.EqualError(t, err, "the command of the migrator is missing: give it after --")
	trial, err := migration.ParseTrial([]string{"-dir", "x", "-database", "THERE"}, t.Output())
	require.NoError(t, err)
	require.Equal(t, "x", trial.Shown)
	_, err = migration.ParseTrial([]string{"-rows", "many"}, t.Output())
	require.ErrorContains(t, err, `invalid value "many" for flag -rows`)
}
