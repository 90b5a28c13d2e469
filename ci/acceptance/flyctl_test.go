//go:build acceptance

package acceptance

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The work of somebody who knows flyctl only. Each step continues from the one before it.
func TestAnUnmodifiedFlyctlDeploysToFlylocal(t *testing.T) {
	t.Parallel()
	f := withFlyctl(t, "flyctl-story")
	require.Contains(t, f.do("apps", "create", f.app, "--org", "personal").run(t).all, "Name has already been taken")
	require.Contains(t, f.do("apps", "list").ok(t).stdout, f.app)
	one, two := f.push(t, "one"), f.push(t, "two")
	for _, step := range []struct {
		name string
		run  func(t *testing.T, f flyctl, one, two string)
	}{
		{"it deploys, with a release command before and two machines after", first},
		{"each strategy brings the digest to the machines", strategies},
		{"a release command that fails stops it, and moves nothing", failedRelease},
		{"secrets are staged, synced, deployed and unset", secretsByFlyctl},
		{"machines are counted up and down", counted},
		{"its queries are answered", queries},
		{"a machine that stays sick ends it", sick},
		{"an app is destroyed, with all it had", destroyed},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.run(t, f, one, two) }) {
			t.FailNow()
		}
	}
}

func first(t *testing.T, f flyctl, one, _ string) {
	f.configure(t, "sh -c 'echo migrating; exit 0'")
	got := f.deploy("localhost:" + f.port + "/" + f.app + ":one").ok(t)
	require.Contains(t, got.all, "completed successfully", "the release command")
	require.Contains(t, got.all, "Shared ipv4")
	require.Len(t, f.machines(t, f.app), 2, "flyctl makes two of what serves")
	require.Equal(t, one, f.runs(t, f.app))
	require.Contains(t, f.do("logs", "--no-tail").ok(t).stdout, "migrating")
}

func strategies(t *testing.T, f flyctl, one, two string) {
	f.configure(t, "")
	before := f.machines(t, f.app)
	for i, strategy := range []string{"rolling", "canary", "immediate", "bluegreen"} {
		want := []string{two, one}[i%2]
		got := f.deploy("registry.fly.io/"+f.app+"@"+want, "--strategy", strategy).ok(t)
		eventually(t, "all on the digest, started, two", func() bool { return f.settled(t, 2) })
		require.Equal(t, want, f.runs(t, f.app), got.all)
		status, _, err := visit("GET", f.app, "/", "", nil)
		require.NoError(t, err)
		require.Equal(t, 200, status)
	}
	for _, m := range f.machines(t, f.app) {
		require.NotContains(t, []string{before[0].ID, before[1].ID}, m.ID, "bluegreen makes new machines")
	}
	require.Equal(t, []string{"complete", "complete", "complete", "complete", "complete"}, f.releases(t))
}

func failedRelease(t *testing.T, f flyctl, _, two string) {
	f.configure(t, "sh -c 'echo relation already exists; exit 3'")
	before := f.machines(t, f.app)
	got := f.deploy("registry.fly.io/" + f.app + "@" + two).run(t)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.all, "exit code 3")
	require.Contains(t, got.all, "relation already exists", "its log")
	require.Equal(t, before, f.machines(t, f.app))
	require.Equal(t, "failed", f.releases(t)[0])
	f.configure(t, "")
}

func secretsByFlyctl(t *testing.T, f flyctl, _, _ string) {
	inside := func() string {
		return f.exec(t, f.app, f.machines(t, f.app)[0].ID, "sh", "-c", "echo $APPLE $PEAR")
	}
	f.do("secrets", "set", "APPLE=red", "PEAR=green", "--stage").ok(t)
	require.Contains(t, f.do("secrets", "list").ok(t).stdout, "Staged")
	f.do("secrets", "sync").ok(t)
	require.Equal(t, "\n", inside(), "staged is not deployed")
	f.do("secrets", "deploy", "--dns-checks=false").ok(t)
	eventually(t, "started", func() bool { return f.settled(t, 2) })
	require.Equal(t, "red green\n", inside())
	listed := f.do("secrets", "list").ok(t).stdout
	require.Contains(t, listed, "Deployed")
	require.NotContains(t, listed, "red")
	f.do("secrets", "unset", "PEAR", "--dns-checks=false").ok(t)
	eventually(t, "started", func() bool { return f.settled(t, 2) })
	require.Equal(t, "red\n", inside())
}

func counted(t *testing.T, f flyctl, _, _ string) {
	for _, n := range []string{"3", "2"} {
		f.do("scale", "count", n, "--yes").ok(t)
		eventually(t, n+" machines", func() bool { return f.settled(t, int(n[0]-'0')) })
	}
	require.Contains(t, f.do("scale", "show").ok(t).stdout, "fra(2)")
}

func queries(t *testing.T, f flyctl, one, _ string) {
	id := f.machines(t, f.app)[0].ID
	f.do("machine", "wait", id).ok(t)
	f.do("machine", "update", id, "--yes", "--metadata", "touched=by-hand").ok(t)
	require.Equal(t, "by-hand", f.machines(t, f.app)[0].Config["metadata"].(map[string]any)["touched"])
	for question, answer := range map[string][]string{
		"status": {id, "started"}, "machines list": {id, "shared-cpu-1x:256MB"}, "releases": {"failed", "complete"},
		"ips list": {"v6", "shared"}, "image show": {one}, "checks list": {"servicecheck-00-http-8080", "passing"},
		"config show": {f.app, "internal_port"}, "machine status " + id: {id, "started"},
	} {
		t.Run(question, func(t *testing.T) {
			var got result
			eventually(t, "answered", func() bool {
				got = f.do(strings.Fields(question)...).ok(t)
				return !slices.ContainsFunc(answer, func(a string) bool { return !strings.Contains(got.stdout, a) })
			})
		})
	}
}

func sick(t *testing.T, f flyctl, _, two string) {
	got := f.deploy("registry.fly.io/"+f.app+"@"+two, "--env", "SICK=1", "--wait-timeout", "5s").run(t)
	require.Equal(t, 1, got.code)
	require.Contains(t, got.all, "timeout reached waiting for health checks to pass")
	require.Equal(t, "failed", f.releases(t)[0])
	require.Contains(t, f.do("checks", "list").ok(t).stdout, "critical")
}

func destroyed(t *testing.T, f flyctl, _, _ string) {
	f.do("apps", "destroy", f.app, "--yes").ok(t)
	require.NotContains(t, f.do("apps", "list").ok(t).stdout, f.app)
	require.Contains(t, f.do("status", "--app", f.app).run(t).all, "Could not find App")
	left, err := dockerCLI("ps", "-aq", "--filter", "name=flylocal-"+f.port+"-"+f.app)
	require.NoError(t, err)
	require.Empty(t, left)
}
