//go:build acceptance

package acceptance

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	configuration "github.com/renewa/pipeline/ci/repository"
	"github.com/renewa/pipeline/ci/workflow/gate"
)

// noted is a dagger that notes each call, and fails the calls that contain the text in $REFUSE. What dagger itself does
// with such calls, other tests show on an engine.
const noted = `#!/bin/sh
if [ "$1" = version ]; then echo "dagger VERSION (x) linux/amd64"; exit 0; fi
echo "$*" >>NOTES/calls
case "$*" in
  *"scanner report"*) mkdir -p report && echo findings >report/scan.md && echo '{}' >report/scan.sarif ;;
  *"step results"*) mkdir -p results ;;
  *"github gate"*) printf '%s' "$NEEDS" >NOTES/needs && cp "$RUNNER_TEMP/changed" NOTES/changed ;;
esac
case "$*" in *"$(cat NOTES/refuse)"*) exit 1 ;; esac
`

// own are the files of this repository.
type own struct{ root string }

func (o own) Read(name string) ([]byte, error) { return os.ReadFile(filepath.Join(o.root, name)) }
func (o own) Glob(pattern string) ([]string, error) {
	return filepath.Glob(filepath.Join(o.root, pattern))
}

// A pullRequest runs the workflow of a pull request with a dagger that notes the calls.
type pullRequest struct {
	act
	notes string
}

func newPullRequest(t testing.TB) pullRequest {
	t.Helper()
	root, err := origin()
	require.NoError(t, err)
	c, err := newCheckout(root, t.TempDir())
	require.NoError(t, err)
	p := pullRequest{newAct(t, c), t.TempDir()}
	p.first = t.TempDir()
	version := engineVersion(t, root)
	script := strings.NewReplacer("VERSION", version, "NOTES", p.notes).Replace(noted)
	require.NoError(t, os.WriteFile(filepath.Join(p.first, "dagger"), []byte(script), 0o755))
	return p
}

func engineVersion(t testing.TB, root string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "dagger.json"))
	require.NoError(t, err)
	_, rest, _ := strings.Cut(string(text), `"engineVersion": "`)
	version, _, _ := strings.Cut(rest, `"`)
	return version
}

func (p pullRequest) note(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.notes, name))
	require.NoError(t, err)
	return string(text)
}

// after runs the workflow after a change of a file. The dagger fails the calls with the text in refuse.
func (p pullRequest) after(t testing.TB, file, refuse string) workflowRun {
	t.Helper()
	p.write(t, file, "changed by "+t.Name()+"\n")
	require.NoError(t, p.commit("change "+file))
	require.NoError(t, os.RemoveAll(p.notes))
	require.NoError(t, os.Mkdir(p.notes, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(p.notes, "refuse"), []byte(refuse), 0o600))
	run := p.run(t, "pull-request", "pull_request", hostile, map[string]string{"FLY_API_TOKEN": "planted-9134"})
	require.NotContains(t, run.output+run.summary, "planted-9134")
	return run
}

// verdict is that of the real gate over what the workflow gave to it.
func (p pullRequest) verdict(t testing.TB) gate.Verdict {
	t.Helper()
	config, _, err := configuration.Load(own{string(p.checkout)})
	require.NoError(t, err)
	v, err := gate.Decide(config.Jobs, gate.Run{Needs: p.note(t, "needs"), Event: "pull_request", Changed: p.note(t, "changed")})
	require.NoError(t, err)
	return v
}

// hostile is a pull request of a fork, whose author chose every text.
var hostile = map[string]any{
	"action": "opened", "number": 42,
	"pull_request": map[string]any{
		"number": 42, "title": "::set-output name=code::false\n##[set-output name=code;]false",
		"head": map[string]any{"ref": "$(touch x)", "repo": map[string]any{"full_name": "stranger/pipeline", "fork": true}},
		"base": map[string]any{"ref": "main"},
	},
	"repository": map[string]any{"full_name": "renewa/pipeline"},
}

func TestAPullRequestReachesTheGateWithTheResultsOfItsJobs(t *testing.T) {
	t.Parallel()
	p := newPullRequest(t)
	none := "no call has this text"

	run := p.after(t, "renewa-one/x.ts", none)
	require.NoError(t, p.verdict(t).Err(), run.output)
	require.Equal(t, "success", run.jobs["ci-gate"])
	for _, call := range []string{"ci --only lint,typecheck,unit,image", "end-to-end", "migrations", "scan", "github gate"} {
		require.Contains(t, p.note(t, "calls"), call)
	}

	run = p.after(t, "docs/x.md", none)
	require.NoError(t, p.verdict(t).Err(), run.output)
	require.Contains(t, p.verdict(t).String(), "as pipeline.toml allows on pull_request")
	require.NotContains(t, p.note(t, "calls"), "end-to-end")
	require.Contains(t, p.note(t, "calls"), "call --progress=dots scan\n", "documentation can hold a secret")

	run = p.after(t, "renewa-one/y.ts", "github gate")
	require.Equal(t, "failure", run.jobs["ci-gate"], "a gate that is closed fails its job")
	require.True(t, strings.HasSuffix(strings.TrimSpace(run.summary), "dagger call github gate --needs-file needs.json --event pull_request"), run.summary)

	// act ends with the failure of a called workflow, and GitHub goes on to the gate.
	run = p.after(t, "renewa-one/z.ts", "end-to-end")
	require.Equal(t, "failure", run.jobs["e2e"])
	require.Contains(t, run.summary, "    dagger call end-to-end\n")
}

// A delivery runs the workflows that deploy, with dagger itself, for a small app with the environments of this repository.
type delivery struct {
	act
	world   *world
	secrets map[string]map[string]string // of each GitHub environment
}

const kiosk = `[app]
name = "kiosk"
context = "kiosk"
dockerfile = "kiosk/Dockerfile"

[toolbox]
image = "node:24-slim"

[[check]]
name = "lint"
run = ["npm run lint"]
files = ["package.json", "server.js"]

[[secret]]
name = "JWT_SECRET"
for = "app"
required = true

[[secret]]
name = "DATABASE_URL"
for = "app"
`

// exact is a secret of several lines with what a shell, JSON or YAML could change.
const exact = "-----BEGIN planted-9134-----\nplanted-9134 \"two\" 'three' \\ back $HOME `id`\n-----END planted-9134-----"

func newDelivery(t testing.TB) delivery {
	t.Helper()
	w := deployed(t)
	c := another(t)
	for _, name := range []string{"package.json", "server.js", "Dockerfile"} {
		require.NoError(t, copyFile(filepath.Join("testdata/node", name), c.path("kiosk/"+name)))
	}
	c.edit(t, "kiosk/server.js", "process.env.GREETING", "process.env.JWT_SECRET")
	pipeline := kiosk
	d := delivery{newAct(t, c), w, map[string]map[string]string{}}
	for _, stage := range stages {
		app := "kiosk-" + stage.name
		pipeline += "\n[[stage]]\nname = \"" + stage.name + "\"\nconfig = \"fly." + stage.name + ".toml\"\norg = \"guests\"\n"
		require.NoError(t, copyFile("testdata/node/fly.trial.toml", c.path("fly."+stage.name+".toml")))
		c.edit(t, "fly."+stage.name+".toml", "kiosk-trial", app)
	}
	c.write(t, "pipeline.toml", pipeline)
	// A file that Git does not track reaches the workspace of act, unless Git ignores it.
	c.edit(t, ".gitignore", ".env\n", "")
	require.NoError(t, c.commit("a small app"))
	c.write(t, ".env", "PIPELINE_FLY=tcp://127.0.0.1:"+w.port+"\n")
	for _, stage := range stages[:2] {
		app := "kiosk-" + stage.name
		w.dagger(c, "call", "--progress=logs", "--token", "file://"+w.token(), "--secrets", file(t, `{"JWT_SECRET":"x"}`), "setup", "--env", stage.name, "--apply").ok(t)
		t.Cleanup(func() { w.must(t, "DELETE", "/v1/apps/"+app, nil, nil) })
		d.secrets[stage.name] = map[string]string{
			"FLY_API_TOKEN":        d.token(t, "--scope", "deploy", "--app", app),
			"FLY_API_TOKEN_SOURCE": d.token(t, "--scope", "read"),
			"JWT_SECRET":           exact,
		}
	}
	return d
}

func (d delivery) token(t testing.TB, args ...string) string {
	t.Helper()
	text, err := os.ReadFile(d.world.tokenFor(t, args...))
	require.NoError(t, err)
	return strings.TrimSpace(string(text))
}

// do runs a workflow with the secrets of an environment, and wants one result of its job.
func (d delivery) do(t testing.TB, want, env, workflow, event string, payload any) workflowRun {
	t.Helper()
	run := d.run(t, workflow, event, payload, d.secrets[env])
	require.Equal(t, want, run.jobs[workflow], run.output)
	require.NotContains(t, run.output+run.summary, "planted-9134")
	require.NotContains(t, run.output+run.summary, d.secrets[env]["FLY_API_TOKEN"])
	return run
}

func (d delivery) push(t testing.TB) workflowRun {
	t.Helper()
	return d.do(t, "success", "development", "main-deploy", "push", map[string]any{"ref": "refs/heads/main"})
}

func dispatch(inputs map[string]string) map[string]any { return map[string]any{"inputs": inputs} }

func TestTheWorkflowsDeployPromoteAndRollBack(t *testing.T) {
	d := newDelivery(t)
	run := d.push(t)
	one := d.world.runs(t, "kiosk-development")
	require.Contains(t, run.summary, one)
	require.Contains(t, run.output, "lint")
	_, body, err := visit("GET", "kiosk-development", "/", "", nil)
	require.NoError(t, err)
	require.Equal(t, exact+"\n", body, "the secret arrived unchanged")

	promote := map[string]string{"source_environment": "development", "target_environment": "staging"}
	run = d.do(t, "success", "staging", "promote-image", "workflow_dispatch", dispatch(promote))
	require.Equal(t, one, d.world.runs(t, "kiosk-staging"))
	require.Contains(t, run.summary, one)

	// act does not check the choices of an input: the function refuses what skips an environment.
	promote["target_environment"] = "production"
	run = d.do(t, "failure", "staging", "promote-image", "workflow_dispatch", dispatch(promote))
	require.Contains(t, run.output, "an image moves one environment at a time")
	require.True(t, strings.HasSuffix(strings.TrimSpace(run.summary), "dagger call plan --env production"), run.summary)

	d.edit(t, "kiosk/server.js", "Kiosk greets", "Kiosk greets everybody")
	require.NoError(t, os.Remove(d.path(".env")))
	require.NoError(t, d.commit("greet everybody"))
	d.write(t, ".env", "PIPELINE_FLY=tcp://127.0.0.1:"+d.world.port+"\n")
	d.push(t)
	require.NotEqual(t, one, d.world.runs(t, "kiosk-development"))
	run = d.do(t, "success", "development", "rollback", "workflow_dispatch", dispatch(map[string]string{"environment": "development"}))
	require.Equal(t, one, d.world.runs(t, "kiosk-development"))
	require.Contains(t, run.summary, one)
}
