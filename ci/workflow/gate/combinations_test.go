package gate_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/workflow/gate"
)

// five are the jobs of the combinations, each below the jobs that it may need.
var five = []string{"a", "b", "c", "d", "e"}

// results are those that a job can have in the JSON; "" is what a job without a runner has, "neutral" is unknown to a job.
var results = []string{"success", "failure", "cancelled", "skipped", "", "neutral"}

// A policy is a pipeline.toml beside a table of its meaning: which jobs may be skipped on which event when only
// documentation changed, and when code changed.
type policy struct {
	toml          string
	needs         map[string]string
	documentation map[string]string // by event; each letter is a job
	code          map[string]string
}

const docs = `, paths = ["docs", "**/*.md"]`

func job(name, needs, skip string) string {
	text := "[[job]]\nname = \"" + name + "\"\n"
	if needs != "" {
		text += "needs = [\"" + strings.Join(strings.Split(needs, ""), `", "`) + "\"]\n"
	}
	if skip != "" {
		text += "skip = [" + skip + "]\n"
	}
	return text
}

var (
	onRequest    = `{ event = "pull_request"` + docs + ` }`
	alwaysOnPush = `{ event = "push" }`
)

var policies = map[string]policy{
	"no job may be skipped": {toml: job("a", "", "") + job("b", "", "") + job("c", "", "") + job("d", "", "") + job("e", "", "")},
	"three skip for documentation": {
		toml:          job("a", "", "") + job("b", "a", onRequest) + job("c", "a", onRequest) + job("d", "a", onRequest) + job("e", "", ""),
		needs:         map[string]string{"b": "a", "c": "a", "d": "a"},
		documentation: map[string]string{"pull_request": "bcd"},
	},
	"a chain in which each may be skipped": {
		toml:          job("a", "", onRequest) + job("b", "a", onRequest) + job("c", "b", onRequest) + job("d", "c", onRequest) + job("e", "d", onRequest),
		needs:         map[string]string{"b": "a", "c": "b", "d": "c", "e": "d"},
		documentation: map[string]string{"pull_request": "abcde"},
	},
	"one is skipped on push whatever changed": {
		toml:          job("a", "", "") + job("b", "", "") + job("c", "", "") + job("d", "abc", alwaysOnPush) + job("e", "d", onRequest+", "+alwaysOnPush),
		needs:         map[string]string{"d": "abc", "e": "d"},
		documentation: map[string]string{"pull_request": "e", "push": "de"},
		code:          map[string]string{"push": "de"},
	},
}

// rule says whether a job with a result opens the gate, given that its skip is allowed and that its upstream jobs opened it.
var rule = map[[3]string]bool{
	{"success", "may skip", "upstream opened"}:     true,
	{"success", "may skip", "upstream closed"}:     true,
	{"success", "may not skip", "upstream opened"}: true,
	{"success", "may not skip", "upstream closed"}: true,
	{"skipped", "may skip", "upstream opened"}:     true,
}

// opens returns the expected answer, from the tables alone.
func (p policy) opens(states map[string]string, allowed string) bool {
	all, opened := true, map[string]bool{}
	for _, name := range five {
		row := [3]string{states[name], "may not skip", "upstream opened"}
		if strings.Contains(allowed, name) {
			row[1] = "may skip"
		}
		for _, upstream := range strings.Split(p.needs[name], "") {
			if !opened[upstream] {
				row[2] = "upstream closed"
			}
		}
		opened[name] = rule[row]
		all = all && opened[name]
	}
	return all
}

func TestEveryCombinationOfFiveJobsIsDecidedAsTheTableStates(t *testing.T) {
	const mixed = "docs/a.md\nserver.js\n"
	situations := []struct {
		event, changed string
		allowed        func(policy) string
	}{
		{"pull_request", documentation, func(p policy) string { return p.documentation["pull_request"] }},
		{"pull_request", mixed, func(p policy) string { return p.code["pull_request"] }},
		{"pull_request", "", func(p policy) string { return p.code["pull_request"] }},
		{"push", mixed, func(p policy) string { return p.code["push"] }},
		{"merge_group", documentation, func(p policy) string { return p.documentation["merge_group"] }},
	}
	checked, open := 0, 0
	for name, p := range policies {
		jobs, err := stated(t, p.toml)
		require.NoError(t, err, name)
		for states := range combinations(results) {
			text := needsOf(states)
			for _, s := range situations {
				want := p.opens(states, s.allowed(p))
				v, err := gate.Decide(jobs, gate.Run{Needs: text, Event: s.event, Changed: s.changed})
				if err != nil || (len(v.Closed()) == 0) != want {
					t.Fatalf("%s, %s, changed %q: want open %v for %s\n%s %v", name, s.event, s.changed, want, text, v, err)
				}
				checked++
				if want {
					open++
				}
			}
		}
	}
	t.Logf("%d combinations checked, %d of them open the gate", checked, open)
	require.Equal(t, len(policies)*6*6*6*6*6*len(situations), checked)
	require.Positive(t, open)
}

// combinations yields every assignment of the states to the five jobs.
func combinations(states []string) func(func(map[string]string) bool) {
	return func(yield func(map[string]string) bool) {
		total := 1
		for range five {
			total *= len(states)
		}
		for n := range total {
			combination, rest := map[string]string{}, n
			for _, name := range five {
				combination[name] = states[rest%len(states)]
				rest /= len(states)
			}
			if !yield(combination) {
				return
			}
		}
	}
}

func needsOf(states map[string]string) string {
	var pairs []string
	for name, state := range states {
		pairs = append(pairs, name+"="+state)
	}
	return needs(strings.Join(pairs, " "))
}
