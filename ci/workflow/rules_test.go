package workflow_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/workflow"
)

// sample keeps every rule.
const sample = `name: sample
on:
  pull_request:
  merge_group:
permissions: {}
concurrency:
  group: deploy-development
  cancel-in-progress: false
jobs:
  deploy:
    if: github.event.pull_request.head.repo.full_name == github.repository
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read
      checks: write # the results of the tests
    environment: development
    steps:
      - uses: actions/checkout@93cb6efe18208431cddfb8368fd83d5badbf9bfd # v5.0.1
        with: { persist-credentials: false }
      - uses: ./.github/actions/dagger
      - env: { TOKEN: "${{ secrets.TOKEN }}" }
        run: dagger call --token env://TOKEN deploy --env development
      - if: failure()
        run: echo '    dagger call status; that is all' >> "$GITHUB_STEP_SUMMARY"
  gate:
    if: ${{ always() }}
    needs: [deploy]
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions: {}
    steps:
      - if: always()
        uses: ./.github/actions/dagger
      - if: always()
        env: { NEEDS: "${{ toJSON(needs) }}" }
        run: dagger call github gate --needs "$NEEDS" --event push
      - if: failure()
        run: echo 'dagger call github gate --needs-file needs.json --event push' >> "$GITHUB_STEP_SUMMARY"
`

func check(text string) []workflow.Finding {
	return workflow.Check(map[string][]byte{"sample.yml": []byte(text)})
}

func TestTheWorkflowsOfThisRepositoryKeepEveryRule(t *testing.T) {
	names, err := filepath.Glob("../../.github/workflows/*.y*ml")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	files := map[string][]byte{}
	for _, name := range names {
		files[name], err = os.ReadFile(name)
		require.NoError(t, err)
	}
	require.Empty(t, workflow.Check(files))
}

func TestEachRuleFindsItsSample(t *testing.T) {
	require.Empty(t, check(sample))
	for reason, c := range map[string]struct{ old, new, want string }{
		"the unsafe event":               {"  merge_group:", "  merge_group:\n  pull_request_target:", "sample.yml:3: the event pull_request_target runs with the secrets"},
		"another run":                    {"  merge_group:", "  merge_group:\n  workflow_run:", "the event workflow_run runs with the secrets"},
		"no permissions":                 {"permissions: {}\nconcurrency", "concurrency", "permissions of the workflow must be {}"},
		"permissions for all":            {"permissions: {}\nconcurrency", "permissions: { contents: read }\nconcurrency", "permissions of the workflow must be {}"},
		"a job without permissions":      {"    permissions: {}\n    steps", "    steps", "the job gate must state its permissions"},
		"a job that may write all":       {"    permissions: {}\n    steps", "    permissions: write-all\n    steps", "the job gate must state its permissions"},
		"a permission without a reason":  {" # the results of the tests", "", "the job deploy may write checks: state why"},
		"an action by its tag":           {"@93cb6efe18208431cddfb8368fd83d5badbf9bfd # v5.0.1", "@v5", "actions/checkout@v5 is not pinned by its commit"},
		"an action by a short commit":    {"@93cb6efe18208431cddfb8368fd83d5badbf9bfd # v5.0.1", "@93cb6ef # v5.0.1", "is not pinned by its commit"},
		"an action by its image":         {"actions/checkout@93cb6efe18208431cddfb8368fd83d5badbf9bfd # v5.0.1", "docker://alpine:3", "docker://alpine:3 is not pinned"},
		"an action without its version":  {" # v5.0.1", "", "has no version in a comment behind it"},
		"a checkout with its token":      {"{ persist-credentials: false }", "{ fetch-depth: 0 }", "the checkout leaves its token"},
		"a secret for all jobs":          {"jobs:\n", "env: { A: \"${{ secrets.A }}\" }\njobs:\n", "a secret in the env of the workflow reaches every job"},
		"a secret without environment":   {"    environment: development\n", "", "the job deploy reads a secret without an environment"},
		"a secret by its index":          {"    permissions: {}\n", "    permissions: {}\n    env: { A: \"${{ secrets['A'] }}\" }\n", "the job gate reads a secret without an environment"},
		"all secrets":                    {"${{ secrets.TOKEN }}", "${{ toJSON(secrets) }}", "the job deploy gets all secrets"},
		"inherited secrets":              {"    environment: development\n", "    environment: development\n    secrets: inherit\n", "the job deploy gets all secrets"},
		"a secret for a fork":            {"    if: github.event.pull_request.head.repo.full_name == github.repository\n", "", "the job deploy reads a secret on a pull request"},
		"a deploy that is cancelled":     {"cancel-in-progress: false", "cancel-in-progress: true", "the job deploy acts on an environment: it needs a concurrency group"},
		"two deploys at once":            {"concurrency:\n  group: deploy-development\n  cancel-in-progress: false\n", "", "the job deploy acts on an environment: it needs a concurrency group"},
		"a job without an end":           {"    timeout-minutes: 5\n    permissions: {}", "    permissions: {}", "the job gate has no timeout-minutes"},
		"text of others in a run":        {"deploy --env development", "deploy --env ${{ github.head_ref }}", "has an expression, whose text the shell would execute"},
		"a step by an alias":             {"- uses: ./.github/actions/dagger\n      - env", "- &provide { uses: ./.github/actions/dagger }\n      - *provide\n      - env", "sample.yml:22: *provide is an alias, which the rules do not follow"},
		"two commands":                   {"deploy --env development", "deploy --env development && echo done", "is more than one command"},
		"two lines":                      {"run: dagger call --token env://TOKEN deploy --env development", "run: |\n          cd app\n          dagger call deploy", "is more than one command"},
		"a pipe":                         {"deploy --env development", "deploy --env development | tee log", "is more than one command"},
		"a command in a command":         {"deploy --env development", "deploy --env \"$(cat env)\"", "is more than one command"},
		"a decision":                     {"run: dagger call --token env://TOKEN deploy --env development", "run: if true", "is more than one command"},
		"dagger from elsewhere":          {"      - uses: ./.github/actions/dagger\n", "", "the job deploy calls dagger before ./.github/actions/dagger"},
		"no command for a laptop":        {"      - if: failure()\n        run: echo '    dagger call status; that is all' >> \"$GITHUB_STEP_SUMMARY\"\n", "", "the last step of the job deploy must write the command"},
		"a gate that may be skipped":     {"    if: ${{ always() }}\n", "", "the gate must run always"},
		"a gate that a cancel skips":     {"${{ always() }}", "${{ !cancelled() }}", "the gate must run always"},
		"a step of the gate, skipped":    {"      - if: always()\n        env", "      - env", "each step of the gate must run always"},
		"a step of the gate, forgiven":   {"      - if: always()\n        env", "      - if: always()\n        continue-on-error: true\n        env", "each step of the gate must run always, and fail the job"},
		"a gate that does not wait":      {"needs: [deploy]", "needs: []", "the gate does not need the job deploy"},
		"a gate that some never reach":   {"  pull_request:\n", "  pull_request:\n    paths: [src]\n", "sample.yml:4: paths of the workflow of the gate"},
		"a gate outside the merge queue": {"  merge_group:\n", "", "the workflow of the gate must run on merge_group"},
		"broken YAML":                    {"jobs:", "jobs: [", "sample.yml:1: this is no YAML"},
		"no jobs":                        {"jobs:\n", "job:\n", "sample.yml:1: the file has no jobs"},
	} {
		require.Contains(t, sample, c.old, reason)
		found := check(strings.Replace(sample, c.old, c.new, 1))
		require.NotEmpty(t, found, reason)
		texts := ""
		for _, f := range found {
			texts += f.String() + "\n"
		}
		require.Contains(t, texts, c.want, reason)
	}
	require.Equal(t, "sample.yml:1: the file is empty", check("")[0].String())
}

func TestAJobsNameIsInOneWorkflow(t *testing.T) {
	found := workflow.Check(map[string][]byte{"a.yml": []byte(sample), "b.yml": []byte(sample)})
	require.Len(t, found, 2)
	require.Contains(t, found[0].String(), "b.yml:10: the job deploy is also in a.yml")
}
