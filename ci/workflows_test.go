package ci_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/repository"
)

// A workflowFile has what these tests read of a workflow; the rules that hold for any app are in ci/workflow.
type workflowFile struct {
	On          any
	Concurrency struct{ Group string }
	Jobs        map[string]struct {
		If          string
		Needs       any
		Environment struct{ Name, URL string }
		Concurrency struct{ Group string }
		Strategy    struct{ Matrix struct{ Stage []string } }
		Steps       []struct {
			Run string
			Env map[string]string
		}
	}
}

func workflows(t *testing.T) map[string]workflowFile {
	t.Helper()
	names, err := filepath.Glob("../.github/workflows/*")
	require.NoError(t, err)
	found := map[string]workflowFile{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		var w workflowFile
		require.NoError(t, yaml.Unmarshal(text, &w), name)
		found[strings.TrimSuffix(filepath.Base(name), ".yml")] = w
	}
	return found
}

func stated(t *testing.T) repository.Configuration {
	t.Helper()
	c, _, err := repository.Load(checkoutFiles{})
	require.NoError(t, err)
	return c
}

// checkoutFiles are the files of this repository.
type checkoutFiles struct{}

func (checkoutFiles) Read(name string) ([]byte, error) { return os.ReadFile(filepath.Join("..", name)) }

func (checkoutFiles) Glob(pattern string) ([]string, error) { return filepath.Glob("../" + pattern) }

// runs calls each for every run of every workflow.
func runs(t *testing.T, each func(file, run string, env map[string]string)) {
	t.Helper()
	for file, w := range workflows(t) {
		for _, job := range w.Jobs {
			for _, step := range job.Steps {
				each(file, step.Run, step.Env)
			}
		}
	}
}

var quoted = regexp.MustCompile(`'[^']*'|"[^"]*"`)

// daggerCalls returns the calls in a run: the command itself, or those that it writes to the summary for a laptop.
func daggerCalls(run string) []string {
	if strings.HasPrefix(run, "dagger call ") {
		call, _, _ := strings.Cut(run, " >> ")
		return []string{call}
	}
	var calls []string
	for _, part := range quoted.FindAllString(run, -1) {
		if _, call, found := strings.Cut(strings.Trim(part, `'"`), "dagger call "); found {
			calls = append(calls, "dagger call "+call)
		}
	}
	return calls
}

func TestTheCallsOfTheWorkflowsNameFunctionsAndFlagsThatExist(t *testing.T) {
	module, checked := moduleFunctions(t), 0
	runs(t, func(file, run string, _ map[string]string) {
		for _, call := range daggerCalls(run) {
			require.NoError(t, module.check(strings.Fields(call)), "%s: %s", file, call)
			checked++
		}
	})
	require.Greater(t, checked, 20)
	for _, wrong := range []string{"dagger call deploi --env x", "dagger call deploy --stage x", "dagger call --sekrets env://A status", "dagger call github gates"} {
		require.Error(t, module.check(strings.Fields(wrong)), wrong)
	}
}

var (
	member = regexp.MustCompile(`"(\w+)": \$\{\{ toJSON\(secrets\.(\w+)\) \}\}`)
	reads  = regexp.MustCompile(`secrets\.(\w+)`)
)

func TestTheWorkflowsGiveTheSecretsThatPipelineTomlDeclares(t *testing.T) {
	c := stated(t)
	sets := 0
	runs(t, func(file, run string, env map[string]string) {
		for name, value := range env {
			for _, read := range reads.FindAllStringSubmatch(value, -1) {
				require.True(t, secret.Owns(c.Secrets, read[1], secret.Kinds()...), "%s reads the secret %s, which pipeline.toml does not declare", file, read[1])
			}
			if name != "PIPELINE_SECRETS" {
				continue
			}
			sets++
			require.Contains(t, run, "--secrets env://PIPELINE_SECRETS")
			require.Empty(t, unequal(c.Secrets, value), file)
		}
	})
	require.Equal(t, 3, sets, "deploy, promote and rollback")
	for reason, set := range map[string]string{
		"one is missing":     `{"A": ${{ toJSON(secrets.A) }}}`,
		"one is not stated":  `{"A": ${{ toJSON(secrets.A) }}, "B_X": ${{ toJSON(secrets.B_X) }}, "D": ${{ toJSON(secrets.D) }}}`,
		"one has another":    `{"A": ${{ toJSON(secrets.B_X) }}, "B_X": ${{ toJSON(secrets.B_X) }}}`,
		"one is the token":   `{"A": ${{ toJSON(secrets.A) }}, "B_X": ${{ toJSON(secrets.B_X) }}, "T": ${{ toJSON(secrets.T) }}}`,
		"it is no JSON":      `{"A": ${{ toJSON(secrets.A) }}, "B_X": ${{ toJSON(secrets.B_X) }},}`,
		"one is there twice": `{"A": ${{ toJSON(secrets.A) }}, "A": ${{ toJSON(secrets.A) }}, "B_X": ${{ toJSON(secrets.B_X) }}}`,
	} {
		require.NotEmpty(t, unequal([]secret.Requirement{{Name: "A", For: secret.App}, {Prefix: "B_", For: secret.App}, {Name: "T", For: secret.Pipeline}}, set), reason)
	}
}

// sent reports whether a name is declared for more than the pipeline itself.
func sent(declared []secret.Requirement, name string) bool {
	return secret.Owns(declared, name, secret.Kinds()...) && !secret.Owns(declared, name, secret.Pipeline)
}

// unequal returns how the members of a JSON text differ from the secrets that go to Fly, or "". A prefix has one member or
// more.
func unequal(declared []secret.Requirement, set string) string {
	if !json.Valid([]byte(member.ReplaceAllString(set, `"$1": null`))) {
		return "it is no JSON"
	}
	var names []string
	for _, m := range member.FindAllStringSubmatch(set, -1) {
		if m[1] != m[2] || slices.Contains(names, m[1]) || !sent(declared, m[1]) {
			return "the member " + m[0]
		}
		names = append(names, m[1])
	}
	for _, r := range declared {
		if r.For == secret.Pipeline {
			continue
		}
		if !slices.ContainsFunc(names, func(n string) bool { return n == r.Name || r.Prefix != "" && strings.HasPrefix(n, r.Prefix) }) {
			return r.String() + " is missing"
		}
	}
	return ""
}

func TestTheWorkflowsActOnTheEnvironmentsOfPipelineToml(t *testing.T) {
	c := stated(t)
	all := workflows(t)
	urls := map[string]string{}
	for env, app := range c.Apps() {
		urls[env] = "https://" + app + ".fly.dev"
	}
	of := func(workflow string) struct{ name, url, group string } {
		e := all[workflow].Jobs[workflow].Environment
		return struct{ name, url, group string }{e.Name, e.URL, all[workflow].Concurrency.Group}
	}
	first := c.First().Name
	require.Equal(t, struct{ name, url, group string }{first, urls[first], "deploy-" + first}, of("main-deploy"))
	for workflow, input := range map[string]string{"promote-image": "target_environment", "rollback": "environment"} {
		got := of(workflow)
		require.Equal(t, "${{ inputs."+input+" }}", got.name)
		require.Equal(t, "deploy-${{ inputs."+input+" }}", got.group)
		require.Equal(t, urlOf(input, choices(t, all[workflow], input), urls), got.url)
	}
	names := c.Names()
	require.Equal(t, names[:len(names)-1], choices(t, all["promote-image"], "source_environment"))
	require.Equal(t, names[1:], choices(t, all["promote-image"], "target_environment"))
	require.Equal(t, names, choices(t, all["rollback"], "environment"))
	require.Equal(t, names, all["nightly"].Jobs["drift"].Strategy.Matrix.Stage)
}

// urlOf returns the expression for the address of the environment that an input names: of the last one unless it is another.
func urlOf(input string, names []string, urls map[string]string) string {
	text := "${{ "
	for _, name := range names[:len(names)-1] {
		text += "inputs." + input + " == '" + name + "' && '" + urls[name] + "' || "
	}
	return text + "'" + urls[names[len(names)-1]] + "' }}"
}

// choices returns the values that an input of workflow_dispatch can have.
func choices(t *testing.T, w workflowFile, input string) []string {
	t.Helper()
	text, err := yaml.Marshal(w.On)
	require.NoError(t, err)
	var on struct {
		Dispatch struct {
			Inputs map[string]struct {
				Type     string
				Required bool
				Options  []string
			}
		} `yaml:"workflow_dispatch"`
	}
	require.NoError(t, yaml.Unmarshal(text, &on))
	i := on.Dispatch.Inputs[input]
	require.True(t, i.Type == "choice" && i.Required, input)
	return i.Options
}

// The gate decides by pipeline.toml whether a skip was allowed; the workflow skips on the same paths.
func TestThePullRequestRunsTheJobsOfPipelineToml(t *testing.T) {
	w, c := workflows(t)["pull-request"], stated(t)
	var names []any
	for _, job := range c.Jobs {
		names = append(names, job.Name)
		in, there := w.Jobs[job.Name]
		require.True(t, there, job.Name)
		needs := []any{}
		for _, name := range job.Needs {
			needs = append(needs, name)
		}
		if single, ok := in.Needs.(string); ok {
			in.Needs = []any{single}
		}
		require.ElementsMatch(t, needs, in.Needs, job.Name)
		if len(job.Skips) == 0 {
			require.Empty(t, in.If, job.Name)
			continue
		}
		require.Equal(t, "github.event_name != 'pull_request' || needs.changes.outputs.code == 'true'", in.If, job.Name)
		require.Len(t, job.Skips, 1)
		require.Equal(t, "pull_request", job.Skips[0].Event)
		diff := w.Jobs["changes"].Steps[len(w.Jobs["changes"].Steps)-1].Run
		require.Equal(t, "git diff --quiet --no-renames HEAD^1 HEAD -- . "+excluded(job.Skips[0].Paths), diff)
	}
	require.Equal(t, names, w.Jobs["ci-gate"].Needs)
	require.Len(t, w.Jobs, len(names)+1)
}

// excluded returns the patterns of a skip as Git's pathspecs.
func excluded(patterns []string) string {
	var specs []string
	for _, p := range patterns {
		magic := "exclude"
		if strings.Contains(p, "*") {
			magic = "exclude,glob"
		}
		specs = append(specs, "':("+magic+")"+p+"'")
	}
	return strings.Join(specs, " ")
}

func TestActionlintFindsNothing(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("NOT TESTED: go is not on PATH, which builds actionlint")
	}
	files, err := filepath.Glob("../.github/workflows/*.yml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	folder := t.TempDir()
	bad := filepath.Join(folder, "bad.yml")
	require.NoError(t, os.WriteFile(bad, []byte("on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    needs: b\n    steps: [{ run: \"true\" }]\n"), 0o600))
	for i, file := range files {
		files[i], err = filepath.Abs(file)
		require.NoError(t, err)
	}
	lint := func(files ...string) (string, error) {
		c := exec.CommandContext(t.Context(), "go", append([]string{"tool", "actionlint", "-shellcheck=", "-pyflakes="}, files...)...)
		c.Dir = "../lab/tools/actionlint"
		out, err := c.CombinedOutput()
		return string(out), err
	}
	out, err := lint(files...)
	require.NoError(t, err, out)
	out, err = lint(bad)
	require.Error(t, err)
	require.Contains(t, out, `job "a" needs job "b"`)
}

func TestZizmorFindsNothing(t *testing.T) {
	program, err := exec.LookPath("zizmor")
	if err != nil {
		t.Skip("NOT TESTED: zizmor is not on PATH: pip install zizmor==1.32.0")
	}
	out, err := exec.CommandContext(t.Context(), program, "--offline", "--strict-collection", "--persona", "auditor", "--config", "../.github/zizmor.yml", "../.github").CombinedOutput()
	require.NoError(t, err, string(out))
}
