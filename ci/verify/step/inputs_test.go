package step_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/step"
)

// place is a folder as the script finds it: the inputs of a step, and the memory of its last run.
type place string

func newPlace(t *testing.T, files map[string]string) place {
	t.Helper()
	p := place(t.TempDir())
	require.NoError(t, os.Mkdir(filepath.Join(string(p), "memory"), 0o755))
	p.put(t, "check", step.Script)
	for name, text := range files {
		p.put(t, "inputs/"+name, text)
	}
	return p
}

func (p place) put(t *testing.T, name, text string) {
	t.Helper()
	name = filepath.Join(string(p), name)
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}

// changed runs a check there and returns why it ran.
func (p place) changed(t *testing.T, c step.Check, pins map[string]string) []string {
	t.Helper()
	if _, err := os.Stat("/proc/uptime"); err != nil {
		t.Skip("the script runs in containers, and this is no Linux")
	}
	p.put(t, "given", step.Sums(c, pins))
	args, results := step.Args(c), t.TempDir()
	args[1], args[2] = filepath.Join(string(p), "check"), results
	command := exec.CommandContext(t.Context(), args[0], args[1:]...)
	command.Dir = t.TempDir()
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
	v, err := step.Read(os.DirFS(results), c)
	require.NoError(t, err)
	require.Equal(t, step.Passed, v.Status)
	return v.Changed
}

func TestARunNamesWhatChangedSinceTheLast(t *testing.T) {
	c := step.Check{Name: "unit", Run: []string{"true"}, Timeout: time.Minute}
	pins := map[string]string{"image": "node:24-slim"}
	p := newPlace(t, map[string]string{"app/a.ts": "1", "app/b c.ts": "2"})
	require.Equal(t, []string{step.FirstRun}, p.changed(t, c, pins))
	require.Equal(t, []string{step.Forgotten}, p.changed(t, c, pins))

	p.put(t, "inputs/app/b c.ts", "3")
	p.put(t, "inputs/app/new.ts", "")
	require.NoError(t, os.Remove(filepath.Join(string(p), "inputs/app/a.ts")))
	require.Equal(t, []string{"app/a.ts (gone)", "app/b c.ts", "app/new.ts"}, p.changed(t, c, pins))

	c.Run = []string{"true", "true"}
	require.Equal(t, []string{"argument run", "pin image"}, p.changed(t, c, map[string]string{"image": "node:26-slim"}))
}

func TestResultsWithoutInputsHaveNothingToCompare(t *testing.T) {
	v, err := step.Read(left(nil), step.Check{Name: "unit", Run: []string{"true"}, Timeout: time.Minute})
	require.NoError(t, err)
	require.Nil(t, v.Changed)
}
