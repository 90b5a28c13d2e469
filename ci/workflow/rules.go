package workflow

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// rules are all rules. Each looks at a whole workflow.
var rules = []func(*workflow){
	aliasesAreAbsent, triggersAreSafe, permissionsAreLeast, actionsArePinned, checkoutsKeepNoToken, secretsHaveAnEnvironment,
	deploysAreNotCancelled, jobsEnd, commandsAreOne, daggerIsProvided, aRedJobCanBeRepeated, theGateAlwaysRuns,
}

// aliasesAreAbsent looks for what no other rule sees: the steps, a command or a secret that the file states elsewhere.
func aliasesAreAbsent(w *workflow) {
	var look func(n *yaml.Node)
	look = func(n *yaml.Node) {
		if n.Kind == yaml.AliasNode {
			w.refuse(n, "*%s is an alias, which the rules do not follow: write out what it stands for", n.Value)
		}
		for _, c := range n.Content {
			look(c)
		}
	}
	look(w.root)
}

func triggersAreSafe(w *workflow) {
	for _, event := range w.triggers() {
		if event == "pull_request_target" || event == "workflow_run" {
			w.refuse(get(w.root, "on"), "the event %s runs with the secrets of the repository on a change of anybody: use pull_request", event)
		}
	}
}

func permissionsAreLeast(w *workflow) {
	if p := get(w.root, "permissions"); p == nil || p.Kind != yaml.MappingNode || len(p.Content) > 0 {
		w.refuse(p, "permissions of the workflow must be {}: each job states its own")
	}
	for _, j := range w.jobs {
		p := get(j.node, "permissions")
		if p == nil || p.Kind != yaml.MappingNode {
			w.refuse(j.key, "the job %s must state its permissions, one by one", j.id)
			continue
		}
		for i := 0; i+1 < len(p.Content); i += 2 {
			if p.Content[i+1].Value == "write" && comment(p.Content[i+1]) == "" {
				w.refuse(p.Content[i], "the job %s may write %s: state why in a comment behind it", j.id, p.Content[i].Value)
			}
		}
	}
}

func comment(n *yaml.Node) string { return strings.TrimSpace(strings.TrimPrefix(n.LineComment, "#")) }

var (
	pinned  = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	version = regexp.MustCompile(`^v\d+(\.\d+)*$`)
)

func actionsArePinned(w *workflow) {
	for _, n := range w.uses() {
		switch {
		case strings.HasPrefix(n.Value, "./"):
		case !pinned.MatchString(n.Value):
			w.refuse(n, "%s is not pinned by its commit: a tag can move to another one", n.Value)
		case !version.MatchString(comment(n)):
			w.refuse(n, "%s has no version in a comment behind it, as in # v5.0.1", n.Value)
		}
	}
}

// uses returns every action and workflow that is called.
func (w *workflow) uses() []*yaml.Node {
	var all []*yaml.Node
	for _, j := range w.jobs {
		for _, n := range append([]*yaml.Node{j.node}, j.steps...) {
			if u := get(n, "uses"); u != nil {
				all = append(all, u)
			}
		}
	}
	return all
}

func checkoutsKeepNoToken(w *workflow) {
	for _, j := range w.jobs {
		for _, step := range j.steps {
			if strings.HasPrefix(text(step, "uses"), "actions/checkout@") && text(step, "with", "persist-credentials") != "false" {
				w.refuse(step, "the checkout leaves its token in .git for every later step: add persist-credentials: false")
			}
		}
	}
}

var secretName = regexp.MustCompile(`\bsecrets\s*[.\[]|\bsecrets\s*\)|^inherit$`)

const sameRepository = "github.event.pull_request.head.repo.full_name == github.repository"

func secretsHaveAnEnvironment(w *workflow) {
	reads := func(value string) bool { return secretName.MatchString(value) }
	if hit := first(get(w.root, "env"), reads); hit != nil {
		w.refuse(hit, "a secret in the env of the workflow reaches every job: name it in the step that needs it")
	}
	whole := func(value string) bool {
		return regexp.MustCompile(`\bsecrets\s*\)`).MatchString(value) || value == "inherit"
	}
	for _, j := range w.jobs {
		hit := first(j.node, reads)
		if hit == nil {
			continue
		}
		if all := first(j.node, whole); all != nil {
			w.refuse(all, "the job %s gets all secrets: name each one that it needs", j.id)
		}
		if get(j.node, "environment") == nil {
			w.refuse(hit, "the job %s reads a secret without an environment: whoever can push a branch can read the secret", j.id)
		}
		onRequest := slices.Contains(w.triggers(), "pull_request") || slices.Contains(w.triggers(), "workflow_call")
		if onRequest && !strings.Contains(condition(j.node), sameRepository) {
			w.refuse(hit, "the job %s reads a secret on a pull request: its if must have %s", j.id, sameRepository)
		}
	}
}

func deploysAreNotCancelled(w *workflow) {
	for _, j := range w.jobs {
		if get(j.node, "environment") == nil {
			continue
		}
		c := get(j.node, "concurrency")
		if c == nil {
			c = get(w.root, "concurrency")
		}
		if text(c, "group") == "" || text(c, "cancel-in-progress") != "false" {
			w.refuse(j.key, "the job %s acts on an environment: it needs a concurrency group with cancel-in-progress: false", j.id)
		}
	}
}

func jobsEnd(w *workflow) {
	for _, j := range w.jobs {
		if j.steps != nil && text(j.node, "timeout-minutes") == "" {
			w.refuse(j.key, "the job %s has no timeout-minutes: it would run for six hours", j.id)
		}
	}
}

var (
	singleQuoted = regexp.MustCompile(`'[^']*'`)
	doubleQuoted = regexp.MustCompile(`"[^"]*"`)
	logic        = regexp.MustCompile("[;|&`]|\\$\\(|^(if|for|while|case|test|\\[) ")
)

func commandsAreOne(w *workflow) {
	for _, j := range w.jobs {
		for _, step := range j.steps {
			n := get(step, "run")
			if n == nil {
				continue
			}
			command := strings.TrimSpace(n.Value)
			if strings.Contains(command, "${{") {
				w.refuse(n, "the run of the job %s has an expression, whose text the shell would execute: give it in env", j.id)
			}
			bare := singleQuoted.ReplaceAllString(command, "")
			if strings.Contains(command, "\n") || logic.MatchString(doubleQuoted.ReplaceAllString(bare, "")) || strings.Contains(bare, "$(") || strings.Contains(bare, "`") {
				w.refuse(n, "the run of the job %s is more than one command: decide in Go, so that it runs on a laptop", j.id)
			}
		}
	}
}

// Provide is the action that refuses a tracked .env and provides the dagger CLI.
const Provide = "./.github/actions/dagger"

func daggerIsProvided(w *workflow) {
	for _, j := range w.jobs {
		provided := false
		for _, step := range j.steps {
			provided = provided || text(step, "uses") == Provide
			if strings.HasPrefix(text(step, "run"), "dagger ") && !provided {
				w.refuse(get(step, "run"), "the job %s calls dagger before %s, which refuses a tracked .env", j.id, Provide)
				break
			}
		}
	}
}

func aRedJobCanBeRepeated(w *workflow) {
	for _, j := range w.jobs {
		calls := slices.ContainsFunc(j.steps, func(s *yaml.Node) bool { return strings.HasPrefix(text(s, "run"), "dagger ") })
		if !calls {
			continue
		}
		last := j.steps[len(j.steps)-1]
		if !strings.Contains(condition(last), "failure()") || !strings.HasSuffix(text(last, "run"), `>> "$GITHUB_STEP_SUMMARY"`) {
			w.refuse(last, "the last step of the job %s must write the command that runs it on a laptop to the summary, if: failure()", j.id)
		}
	}
}

// theGateAlwaysRuns looks at the job that calls the gate: GitHub takes a required job that was skipped for a passed one.
func theGateAlwaysRuns(w *workflow) {
	for _, j := range w.jobs {
		gates := func(s *yaml.Node) bool {
			return strings.Contains(text(s, "run"), " github gate ") && strings.HasPrefix(text(s, "run"), "dagger ")
		}
		if !slices.ContainsFunc(j.steps, gates) {
			continue
		}
		if condition(j.node) != "always()" {
			w.refuse(j.key, "the gate must run always: if: always()")
		}
		for _, step := range j.steps {
			if c := condition(step); c != "always()" && c != "failure()" || text(step, "continue-on-error") != "" {
				w.refuse(step, "each step of the gate must run always, and fail the job: if: always()")
			}
		}
		for _, other := range w.jobs {
			if other.id != j.id && !slices.Contains(list(get(j.node, "needs")), other.id) {
				w.refuse(j.key, "the gate does not need the job %s, so it would not wait for it", other.id)
			}
		}
		w.gateIsReached(j)
	}
}

// gateIsReached refuses filters: a workflow that they skip leaves the required status pending for ever.
func (w *workflow) gateIsReached(j job) {
	for _, event := range []string{"pull_request", "merge_group"} {
		if !slices.Contains(w.triggers(), event) {
			w.refuse(j.key, "the workflow of the gate must run on %s", event)
		}
		for _, filter := range []string{"paths", "paths-ignore", "branches", "branches-ignore"} {
			if n := get(w.root, "on", event, filter); n != nil {
				w.refuse(n, "%s of the workflow of the gate: a change outside of them could never merge", filter)
			}
		}
	}
}
