//go:build acceptance

package acceptance

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// act runs the workflow files of a checkout without GitHub. It has a home of its own, and of this process's environment
// only what leads to programs, Docker and the engine: a variable such as FLY_API_TOKEN would reach every step.
type act struct {
	checkout
	program, home string
	first         string // a folder that stands first on PATH; may be empty
}

// newAct uses $ACT, else the act on the PATH.
func newAct(t testing.TB, c checkout) act {
	t.Helper()
	program := os.Getenv("ACT")
	if program == "" {
		found, err := exec.LookPath("act")
		if err != nil {
			t.Skip("NOT TESTED: there is no act: install it, or set ACT to the program")
		}
		program = found
	}
	return act{checkout: c, program: program, home: t.TempDir()}
}

// A workflowRun is what act reports about one run of a workflow.
type workflowRun struct {
	jobs    map[string]string // the result of each job that ran
	summary string            // of all steps, in their order
	output  string            // the log of all jobs, as a person reads it
}

// run runs a workflow from an event with these secrets.
func (a act) run(t testing.TB, workflow, event string, payload any, secrets map[string]string) workflowRun {
	t.Helper()
	text, err := json.Marshal(payload)
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "event.json"), text, 0o600))
	var list strings.Builder
	for name, value := range secrets {
		fmt.Fprintf(&list, "%s=%s\n", name, strings.ReplaceAll(strconv.Quote(value), "$", `\$`))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secrets"), []byte(list.String()), 0o600))
	args := []string{
		a.program, event, "-e", filepath.Join(dir, "event.json"), "-W", ".github/workflows/" + workflow + ".yml", "-P", "ubuntu-24.04=-self-hosted",
		"--secret-file", filepath.Join(dir, "secrets"), "--env-file", "/dev/null", "--var-file", "/dev/null", "--input-file", "/dev/null",
		"--no-cache-server", "--artifact-server-addr", "127.0.0.1", "--actor", "dev", "--json",
	}
	got := command{string(a.checkout), a.environment(), append(args, a.standIns(t)...)}.run(t)
	return readRun(t, got)
}

func (a act) environment() []string {
	path := os.Getenv("PATH")
	if a.first != "" {
		path = a.first + ":" + path
	}
	env := []string{"PATH=" + path, "HOME=" + a.home, "XDG_CACHE_HOME=" + a.home + "/.cache", "XDG_CONFIG_HOME=" + a.home + "/.config"}
	for _, name := range []string{"DOCKER_HOST", "_EXPERIMENTAL_DAGGER_RUNNER_HOST"} {
		if value, set := os.LookupEnv(name); set {
			env = append(env, name+"="+value)
		}
	}
	return env
}

var used = regexp.MustCompile(`uses: ([\w.-]+/[\w.-]+)((?:/[\w./-]+)?)@([0-9a-f]{40})`)

// standIns names, for each action of the workflows that GitHub would fetch, an action here that lists its files. act itself
// replaces the checkout.
func (a act) standIns(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(a.path(".github/workflows/*.yml"))
	require.NoError(t, err)
	var flags []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range used.FindAllStringSubmatch(string(text), -1) {
			if m[1] == "actions/checkout" {
				continue
			}
			dir := filepath.Join(a.home, "actions", m[1])
			require.NoError(t, os.MkdirAll(dir+m[2], 0o755))
			require.NoError(t, os.WriteFile(filepath.Join(dir+m[2], "action.yml"), []byte(standIn), 0o600))
			flags = append(flags, "--local-repository", m[1]+"@"+m[3]+"="+dir)
		}
	}
	require.NotEmpty(t, flags)
	return flags
}

const standIn = `name: stand-in
description: lists the files it was given
inputs:
  name: { description: of the artifact, default: "" }
  path: { description: of the artifact, default: "" }
  category: { description: of the findings, default: "" }
  sarif_file: { description: the findings, default: "" }
  include-hidden-files: { description: of the artifact, default: "" }
runs:
  using: composite
  steps:
    - shell: bash
      env: { FILES: "${{ inputs.path }}${{ inputs.sarif_file }}" }
      run: ls -d $FILES
`

func readRun(t testing.TB, got result) workflowRun {
	t.Helper()
	run := workflowRun{jobs: map[string]string{}}
	lines := bufio.NewScanner(strings.NewReader(got.all))
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var line struct{ Msg, JobID, JobResult, Command, Content string }
		if json.Unmarshal(lines.Bytes(), &line) != nil {
			run.output += lines.Text() + "\n"
			continue
		}
		run.output += strings.TrimRight(line.Msg, "\n") + "\n"
		if line.JobResult != "" {
			run.jobs[line.JobID] = line.JobResult
		}
		if line.Command == "summary" {
			run.summary += line.Content
		}
	}
	require.NoError(t, lines.Err())
	return run
}
