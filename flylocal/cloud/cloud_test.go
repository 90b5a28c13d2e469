package cloud

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAReferenceHasFourParts(t *testing.T) {
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

// Clients count events from the launch event: a machine that crashed often must still have it.
func TestTheLaunchEventIsNeverForgotten(t *testing.T) {
	var m Machine
	m.Note("launch", Created, "user", nil)
	for range 3 * maxEvents {
		m.Note("exit", Stopped, "flyd", nil)
	}
	require.Len(t, m.Events, maxEvents)
	require.Equal(t, "launch", m.Events[maxEvents-1].Type)
	require.Equal(t, "exit", m.Events[0].Type)
}
