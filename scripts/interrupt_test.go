package scripts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fakeTools are a docker that notes its commands, and a go whose tests never end.
var fakeTools = map[string]string{
	"docker": "#!/bin/sh\necho \"$*\" >>\"$NOTES\"\n[ \"$1\" != port ] || echo 127.0.0.1:1\n",
	"go":     "#!/bin/sh\n[ \"$1\" = test ] || { echo go version go1.26.0; exit; }\necho tests >>\"$NOTES\"\nexec sleep 600\n",
}

func TestTheServerOfASuiteIsRemovedAfterASignal(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			readScripts(t)
			bin, notes := t.TempDir(), filepath.Join(t.TempDir(), "notes")
			for name, text := range fakeTools {
				require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755))
			}
			require.NoError(t, os.WriteFile(notes, nil, 0o600))
			cmd := exec.CommandContext(t.Context(), "sh", "test.sh", "suite", "run of this test", "unit")
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "NOTES="+notes, "HOME="+bin)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			require.NoError(t, cmd.Start())
			require.Eventually(t, func() bool { all := lines(t, notes); return len(all) > 0 && all[len(all)-1] == "tests" }, time.Minute, 50*time.Millisecond)
			require.NoError(t, syscall.Kill(-cmd.Process.Pid, signal))
			require.Error(t, cmd.Wait())
			all := lines(t, notes)
			require.Equal(t, "rm -f -v pipeline-test-unit", all[len(all)-1], strings.Join(all, "\n"))
			requireNothingLeft(t, cmd)
		})
	}
}
