package fly_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/flylocal"
)

// counts is a transport that counts refusals by rate limit.
type counts struct {
	next    http.RoundTripper
	refused int
}

func (c *counts) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := c.next.RoundTrip(r)
	if err == nil && answer.StatusCode == http.StatusTooManyRequests {
		c.refused++
	}
	return answer, err
}

func TestLaunchesKeepWithinFlysRateLimit(t *testing.T) {
	f, err := flylocal.New(flylocal.WithRateLimits())
	require.NoError(t, err)
	t.Cleanup(f.Close)
	transport := &counts{next: f.Transport()}
	c, err := fly.Dial(t.Context(), fly.Options{Token: f.OrgToken(), Base: "http://flylocal-4280:4280", Transport: transport, Pause: 260 * time.Millisecond})
	require.NoError(t, err)
	require.NoError(t, c.CreateApp(t.Context(), "shop", "acme"))
	for range 5 {
		_, err := c.Launch(t.Context(), "shop", gofly.LaunchMachineInput{Config: &gofly.MachineConfig{Image: "postgres:17"}})
		require.NoError(t, err)
	}
	require.Zero(t, transport.refused)
}
