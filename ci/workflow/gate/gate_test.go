package gate_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/repository"
	"github.com/renewa/pipeline/ci/workflow/gate"
)

const documentation = "README.md\ndocs/flow.md\n\"docs/\\303\\244.md\"\n"

// stated returns the jobs of a pipeline.toml with these tables.
func stated(t testing.TB, tables string) ([]gate.Job, error) {
	t.Helper()
	var jobs []gate.Job
	const rest = "\n[app]\nname = \"shop\"\n[[stage]]\nname = \"live\"\nconfig = \"fly.toml\"\norg = \"acme\"\n"
	_, err := pipeline.Parse("pipeline.toml", []byte(tables+rest), gate.Table(&jobs))
	return jobs, err
}

// own is this repository.
type own struct{}

func (own) Read(name string) ([]byte, error) { return os.ReadFile("../../../" + name) }
func (own) Glob(string) ([]string, error)    { return nil, errors.ErrUnsupported }

// ours are the jobs that this repository states.
func ours(t testing.TB) []gate.Job {
	t.Helper()
	c, _, err := repository.Load(own{})
	require.NoError(t, err)
	return c.Jobs
}

// needs returns the JSON of GitHub for these results: "quality-checks=success e2e-tests=skipped".
func needs(results string) string {
	var jobs []string
	for pair := range strings.FieldsSeq(results) {
		name, result, _ := strings.Cut(pair, "=")
		jobs = append(jobs, fmt.Sprintf(`%q: {"result": %q, "outputs": {}}`, name, result))
	}
	return "{" + strings.Join(jobs, ", ") + "}"
}

const allPassed = "changes=success quality-checks=success migration-tests=success e2e-tests=success security-scan=success"

// with returns allPassed with other results for some jobs, and without the jobs whose result is "missing".
func with(changes string) string {
	results := allPassed
	for pair := range strings.FieldsSeq(changes) {
		name, result, _ := strings.Cut(pair, "=")
		if result == "missing" {
			results = strings.Replace(results, name+"=success", "", 1)
		} else {
			results = strings.Replace(results, name+"=success", pair, 1)
		}
	}
	return needs(results)
}

const skipsOfDocumentation = "quality-checks=skipped migration-tests=skipped e2e-tests=skipped"

func TestTheGateOpensWhenEveryJobPassedOrWasSkippedAsAllowed(t *testing.T) {
	for reason, run := range map[string]gate.Run{
		"all passed":                       {Needs: with(""), Event: "pull_request", Changed: "ci/doc.go\n"},
		"all passed, changed unknown":      {Needs: with(""), Event: "merge_group"},
		"documentation only":               {Needs: with(skipsOfDocumentation), Event: "pull_request", Changed: documentation},
		"documentation, Windows lines":     {Needs: with(skipsOfDocumentation), Event: "pull_request", Changed: "README.md\r\n\r\n"},
		"a job without a table, passed":    {Needs: needs(allPassed + " preview=success"), Event: "pull_request"},
		"outputs that another tool leaves": {Needs: strings.ReplaceAll(with(""), "{}", "null"), Event: "push"},
	} {
		v, err := gate.Decide(ours(t), run)
		require.NoError(t, err, reason)
		require.NoError(t, v.Err(), reason)
		require.Contains(t, v.String(), "the gate is open: all ", reason)
	}
}

func TestTheGateIsClosedAndEachReasonIsOneLine(t *testing.T) {
	const pr = "pull_request"
	for reason, c := range map[string]struct {
		run  gate.Run
		want string
	}{
		"a failure":             {gate.Run{Needs: with("e2e-tests=failure"), Event: pr}, "e2e-tests        failure  failed"},
		"a cancelled job":       {gate.Run{Needs: with("e2e-tests=cancelled"), Event: pr}, "e2e-tests        cancelled  was cancelled before its end: run it again"},
		"a missing job":         {gate.Run{Needs: with("security-scan=missing"), Event: pr}, "security-scan    missing  the gate's job does not need this job: add the job to its needs"},
		"no job at all":         {gate.Run{Needs: "{}", Event: pr}, "the gate is closed by 5 of 5 jobs on pull_request"},
		"an empty result":       {gate.Run{Needs: with("e2e-tests="), Event: pr}, "e2e-tests        none     has no result: it did not run"},
		"an unknown result":     {gate.Run{Needs: with("e2e-tests=sucess"), Event: pr}, `e2e-tests        "sucess"  the gate does not know this result`},
		"a result in capitals":  {gate.Run{Needs: with("e2e-tests=SUCCESS"), Event: pr}, "the gate does not know this result"},
		"code changed":          {gate.Run{Needs: with("e2e-tests=skipped"), Event: pr, Changed: "README.md\nci/doc.go\n"}, `was skipped, and "ci/doc.go" changed, which is outside of the paths of its skip`},
		"code in quotes":        {gate.Run{Needs: with("e2e-tests=skipped"), Event: pr, Changed: `"ci/\303\244.go"` + "\n"}, `"ci/ä.go" changed`},
		"no changed files":      {gate.Run{Needs: with("e2e-tests=skipped"), Event: pr, Changed: "\n"}, "was skipped, and the changed files are unknown: give --changed"},
		"another event":         {gate.Run{Needs: with("e2e-tests=skipped"), Event: "merge_group", Changed: documentation}, "was skipped, and no skip of its [[job]] allows that on merge_group"},
		"never skipped":         {gate.Run{Needs: with("security-scan=skipped"), Event: pr, Changed: documentation}, "was skipped, and no skip of its [[job]] allows that on pull_request"},
		"upstream failed":       {gate.Run{Needs: with("changes=failure " + skipsOfDocumentation), Event: pr, Changed: documentation}, "e2e-tests        skipped  was skipped because changes did not pass"},
		"upstream missing":      {gate.Run{Needs: with("changes=missing " + skipsOfDocumentation), Event: pr, Changed: documentation}, "e2e-tests        skipped  was skipped because changes did not pass"},
		"not stated, skipped":   {gate.Run{Needs: needs(allPassed + " preview=skipped"), Event: pr, Changed: documentation}, "preview          skipped  was skipped, and no skip of its [[job]]"},
		"not stated, failed":    {gate.Run{Needs: needs(allPassed + " preview=failure"), Event: pr}, "preview          failure  failed"},
		"only one is the cause": {gate.Run{Needs: with("e2e-tests=failure"), Event: pr}, "the gate is closed by 1 of 5 jobs on pull_request"},
	} {
		v, err := gate.Decide(ours(t), c.run)
		require.NoError(t, err, reason)
		require.ErrorContains(t, v.Err(), c.want, reason)
		require.Equal(t, strings.Count(v.String(), "\n"), len(v.Rows)+1, "%s: each job has one line", reason)
	}
}

func TestARunThatCannotBeReadClosesTheGate(t *testing.T) {
	ok := func(text string) gate.Run { return gate.Run{Needs: text, Event: "push"} }
	for reason, c := range map[string]struct {
		run  gate.Run
		want string
	}{
		"no needs":             {ok(""), "--needs is no JSON of the needs context, so the gate is closed: it does not begin with {"},
		"null":                 {ok("null"), "it does not begin with {"},
		"a list":               {ok("[]"), "it does not begin with {"},
		"cut off":              {ok(`{"changes": {"result": "success"`), "--needs is no JSON of the needs context"},
		"text after it":        {ok(with("") + "{}"), "text follows its last brace"},
		"a job twice":          {ok(`{"a": {"result": "failure"}, "a": {"result": "success"}}`), `it has the name "a" twice`},
		"a result twice":       {ok(`{"a": {"result": "failure", "result": "success"}}`), `it has the name "result" twice`},
		"a result in capitals": {ok(`{"a": {"Result": "success"}}`), `no result for the job "a"`},
		"a result of null":     {ok(`{"a": {"result": null}}`), `no result for the job "a"`},
		"a result of true":     {ok(`{"a": {"result": true}}`), `no result for the job "a"`},
		"a job that is text":   {ok(`{"a": "success"}`), `no object for the job "a"`},
		"a name of two lines":  {ok(`{"a\n::set-output name=x::y": {"result": "success"}}`), `"a\n::set-output name=x::y", which is no id of a job`},
		"no event":             {gate.Run{Needs: with("")}, "--event is empty, so the gate is closed"},
		"a path outside":       {gate.Run{Needs: with(""), Event: "push", Changed: "docs/../ci/doc.go\n"}, `"docs/../ci/doc.go", which is no path below the top`},
		"an absolute path":     {gate.Run{Needs: with(""), Event: "push", Changed: "/README.md\n"}, `"/README.md", which is no path below the top`},
		"an open quote":        {gate.Run{Needs: with(""), Event: "push", Changed: "\"docs/a.md\n"}, "a line with an open quote"},
	} {
		_, err := gate.Decide(ours(t), c.run)
		require.ErrorContains(t, err, c.want, reason)
		require.ErrorContains(t, err, "the gate is closed", reason)
	}
	_, err := gate.Decide(nil, ok(with("")))
	require.ErrorContains(t, err, "pipeline.toml has no [[job]], so the gate is closed")
}

func TestJobsAreStatedWithTheirNeedsAndSkips(t *testing.T) {
	jobs, err := stated(t, "[[job]]\nname = \"a\"\n[[job]]\nname = \"b\"\nneeds = [\"a\"]\nskip = [{ event = \"push\" }, { event = \"pull_request\", paths = [\"docs\"] }]\n")
	require.NoError(t, err)
	require.Equal(t, []gate.Job{{Name: "a"}, {Name: "b", Needs: []string{"a"}, Skips: []gate.Skip{{Event: "push"}, {Event: "pull_request", Paths: []string{"docs"}}}}}, jobs)
	for reason, c := range map[string]struct{ tables, want string }{
		"no name":            {"[[job]]\n", ":1: job[0]: name is missing"},
		"a name of no job":   {"[[job]]\nname = \"a b\"\n", `:2: job[0].name: "a b" is no id of a job`},
		"twice":              {"[[job]]\nname = \"a\"\n[[job]]\nname = \"a\"\n", `:4: job[1].name: job "a" is already on line 1`},
		"an unknown need":    {"[[job]]\nname = \"a\"\nneeds = [\"b\"]\n", `:3: job[0].needs: no [[job]] above this one has the name "b"`},
		"a need of itself":   {"[[job]]\nname = \"a\"\nneeds = [\"a\"]\n", `:3: job[0].needs: no [[job]] above`},
		"no event":           {"[[job]]\nname = \"a\"\nskip = [{ paths = [\"docs\"] }]\n", "event is missing: the event on which"},
		"an unknown event":   {"[[job]]\nname = \"a\"\nskip = [{ event = \"pull_requests\" }]\n", `unknown event "pull_requests", did you mean "pull_request"?`},
		"the unsafe event":   {"[[job]]\nname = \"a\"\nskip = [{ event = \"pull_request_target\" }]\n", `unknown event "pull_request_target"`},
		"no pattern":         {"[[job]]\nname = \"a\"\nskip = [{ event = \"push\", paths = [] }]\n", "names no pattern"},
		"an invalid pattern": {"[[job]]\nname = \"a\"\nskip = [{ event = \"push\", paths = [\"[\"] }]\n", "must be patterns of files"},
		"an empty pattern":   {"[[job]]\nname = \"a\"\nskip = [{ event = \"push\", paths = [\"\"] }]\n", "must be patterns of files"},
		"an unknown key":     {"[[job]]\nname = \"a\"\nskips = []\n", `unknown key, did you mean "skip"?`},
	} {
		_, err := stated(t, c.tables)
		require.ErrorContains(t, err, c.want, reason)
	}
}
