package fly_test

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/history"
	"github.com/renewa/pipeline/flylocal"
)

// lossyTransport loses the answers to some requests after Fly has executed them.
type lossyTransport struct {
	next   http.RoundTripper
	mu     sync.Mutex
	method string
	left   int
}

func (l *lossyTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := l.next.RoundTrip(r)
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.Method == l.method && l.left > 0 {
		l.left--
		return nil, http.ErrServerClosed
	}
	return answer, err
}

func dial(t *testing.T) (*flylocal.Fly, *fly.Client, *lossyTransport) {
	t.Helper()
	f, err := flylocal.New()
	require.NoError(t, err)
	t.Cleanup(f.Close)
	way := &lossyTransport{next: f.Transport()}
	c, err := fly.Dial(t.Context(), fly.Options{Token: f.OrgToken(), Base: "http://flylocal-4280:4280", Transport: way, Pause: time.Millisecond})
	require.NoError(t, err)
	return f, c, way
}

func TestAnObjectWhoseAnswerWasLostIsNotMadeTwice(t *testing.T) {
	f, c, way := dial(t)
	way.method = http.MethodPost
	lose := func() { way.left = 1 }

	lose()
	require.NoError(t, c.CreateApp(t.Context(), "shop", "acme"))
	lose()
	v, err := c.CreateVolume(t.Context(), "shop", "data", "fra", 1)
	require.NoError(t, err)
	lose()
	require.NoError(t, c.AssignAddress(t.Context(), "shop", "acme", "v6"))
	lose()
	m, err := c.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Config: &gofly.MachineConfig{Image: "postgres:17"}})
	require.NoError(t, err)

	app, err := f.Cloud().App("shop")
	require.NoError(t, err)
	require.Len(t, app.Machines, 1)
	require.Contains(t, app.Machines, m.ID)
	require.Len(t, app.Volumes, 1)
	require.Equal(t, app.Volumes[0].ID, v.ID)
	require.Len(t, app.IPs, 1)
	require.Zero(t, way.left)
}

func TestAnAppOfSomebodyElseIsNotTakenForTheOneThatWasMade(t *testing.T) {
	_, c, way := dial(t)
	require.NoError(t, c.CreateApp(t.Context(), "shop", "others"))
	way.method, way.left = http.MethodPost, 1
	require.ErrorContains(t, c.CreateApp(t.Context(), "shop", "acme"), "already been taken")
}

func TestALaunchEndsWithItsContext(t *testing.T) {
	_, c, way := dial(t)
	require.NoError(t, c.CreateApp(t.Context(), "shop", "acme"))
	way.method, way.left = http.MethodPost, 100
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.Launch(ctx, "shop", gofly.LaunchMachineInput{Config: &gofly.MachineConfig{Image: "postgres:17"}})
	require.ErrorContains(t, err, "no answer from Fly")
	require.GreaterOrEqual(t, way.left, 99, "it is sent once at most")
}

func TestALaunchLeavesTheCallersConfigurationAlone(t *testing.T) {
	_, c, _ := dial(t)
	require.NoError(t, c.CreateApp(t.Context(), "shop", "acme"))
	config := &gofly.MachineConfig{Image: "postgres:17", Metadata: map[string]string{"a": "b"}}
	for range 2 {
		m, err := c.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Config: config})
		require.NoError(t, err)
		require.Equal(t, "b", m.Config.Metadata["a"])
	}
	require.Equal(t, map[string]string{"a": "b"}, config.Metadata)
}

func TestReleasesAreListedWithTheFieldsThatARollbackNeeds(t *testing.T) {
	_, c, _ := dial(t)
	_, err := c.History(t.Context(), "shop")
	require.True(t, fly.NotFound(err), "no such app: %v", err)
	require.NoError(t, c.CreateApp(t.Context(), "shop", "acme"))
	none, err := c.History(t.Context(), "shop")
	require.NoError(t, err)
	require.Empty(t, none)
	id, _, err := c.StartRelease(t.Context(), "shop", "x", "ROLLING", json.RawMessage(`{"app":"shop"}`))
	require.NoError(t, err)
	require.NoError(t, c.EndRelease(t.Context(), id, "complete", nil))
	all, err := c.History(t.Context(), "shop")
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.JSONEq(t, `{"app":"shop"}`, string(all[0].Definition))
	require.WithinDuration(t, time.Now(), all[0].Created, time.Minute)
	all[0].Definition, all[0].Created = nil, time.Time{}
	require.Equal(t, history.Release{ID: id, Version: 1, Status: history.Complete, Image: "x", By: "local@localhost"}, all[0])
}

func TestARefusalThatARepetitionCannotChangeIsFinal(t *testing.T) {
	for status, final := range map[int]bool{400: true, 401: true, 403: true, 404: true, 422: true, 408: false, 409: false, 412: false, 429: false, 500: false, 502: false} {
		require.Equal(t, final, (&fly.Error{Status: status}).Final(), "%d", status)
	}
}
