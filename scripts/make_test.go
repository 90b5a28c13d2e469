package scripts_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readScripts makes Go's cache of test results depend on the scripts, which only other processes read otherwise.
func readScripts(t *testing.T) {
	t.Helper()
	for _, pattern := range []string{"*.sh", "../lab/*.sh", "../lab/lib/*.sh", "../Makefile", "../Dockerfile", "../.dagger/container/pins.go"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, names, pattern)
		for _, name := range names {
			_, err := os.ReadFile(name)
			require.NoError(t, err)
		}
	}
}

// laptop runs make on a machine where docker does not answer and where there never was a lab.
func laptop(t *testing.T, target string) (stdout, stderr string) {
	t.Helper()
	readScripts(t)
	bin, home := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(bin, "docker"), []byte("#!/bin/sh\nexit 1\n"), 0o755))
	cmd := exec.CommandContext(t.Context(), "make", "-s", "-C", "..", target)
	cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "HOME=" + home, "FLYLOCAL_PORT=4999"}
	var out, bad bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &bad
	require.NoError(t, cmd.Run(), bad.String())
	entries, err := os.ReadDir(home)
	require.NoError(t, err)
	require.Empty(t, entries, "make %s made something in the home directory", target)
	return out.String(), bad.String()
}

func TestOnAMachineThatNeverHadTheLabItIsNotMentioned(t *testing.T) {
	t.Parallel()
	out, bad := laptop(t, "clean")
	require.Equal(t, "flylocal: removed with its state\n", out+bad)
	out, bad = laptop(t, "down")
	require.Empty(t, out+bad)
}

func TestEveryTargetIsInTheHelpAndItsCommandsCanBePasted(t *testing.T) {
	t.Parallel()
	out, _ := laptop(t, "help")
	makefile, err := os.ReadFile("../Makefile")
	require.NoError(t, err)
	for line := range strings.Lines(string(makefile)) {
		if targets, ok := strings.CutPrefix(line, ".PHONY: "); ok {
			for target := range strings.FieldsSeq(targets) {
				require.Contains(t, out, "  make "+target+"\t")
			}
		}
	}
	require.Contains(t, out, `eval "$(make env)"`)
}
