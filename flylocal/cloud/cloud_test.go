package cloud

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAReferenceIsTakenApart(t *testing.T) {
	for ref, want := range map[string][4]string{
		"postgres":                          {"docker.io", "library/postgres", "latest", ""},
		"postgres:17":                       {"docker.io", "library/postgres", "17", ""},
		"oven/bun:1":                        {"docker.io", "oven/bun", "1", ""},
		"registry.fly.io/web:v1":            {"registry.fly.io", "web", "v1", ""},
		"registry.fly.io/web@sha256:00":     {"registry.fly.io", "web", "", "sha256:00"},
		"registry.fly.io/web:v1@sha256:00":  {"registry.fly.io", "web", "v1", "sha256:00"},
		"localhost:4280/web/deep@sha256:00": {"localhost:4280", "web/deep", "", "sha256:00"},
		"localhost/web":                     {"localhost", "web", "latest", ""},
	} {
		host, repository, tag, digest := SplitRef(ref)
		require.Equal(t, want, [4]string{host, repository, tag, digest}, ref)
	}
}

// Clients measure from the launch event: a machine that crashed often must still have it.
func TestTheLaunchEventIsNeverForgotten(t *testing.T) {
	var m Machine
	m.note("launch", Created, "user", nil)
	for range 3 * maxEvents {
		m.note("exit", Stopped, "flyd", nil)
	}
	require.Len(t, m.Events, maxEvents)
	require.Equal(t, "launch", m.Events[maxEvents-1].Type)
	require.Equal(t, "exit", m.Events[0].Type)
}

func TestWhoCannotBeReachedIsTold(t *testing.T) {
	for reason, c := range map[string]struct {
		listens []string
		says    string
	}{
		"both at once":          {[]string{"[::]:80"}, ""},
		"both, one by one":      {[]string{"0.0.0.0:80", "[::]:80"}, ""},
		"nobody, yet":           {nil, ""},
		"another port":          {[]string{"0.0.0.0:81"}, ""},
		"IPv4 alone":            {[]string{"0.0.0.0:80"}, "IPv4 only"},
		"localhost alone":       {[]string{"127.0.0.1:80"}, "localhost only"},
		"its own IPv6 as well":  {[]string{"0.0.0.0:80", "[fdaa::3]:80"}, ""},
		"localhost of IPv6 too": {[]string{"[::1]:80"}, "localhost only"},
	} {
		t.Run(reason, func(t *testing.T) {
			p := Process{}
			for _, a := range c.listens {
				p.Listens = append(p.Listens, Socket{"tcp", a})
			}
			got := deaf([]Process{p}, 80)
			require.Contains(t, got, c.says)
			require.Equal(t, c.says == "", got == "")
		})
	}
}

func TestAVersionSortsByItsTime(t *testing.T) {
	one, two := ulid(), ulid()
	require.Len(t, one, 26)
	require.LessOrEqual(t, one[:10], two[:10])
}
