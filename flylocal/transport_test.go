package flylocal_test

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	fly "github.com/superfly/fly-go"
	"github.com/superfly/fly-go/flaps"
	"github.com/superfly/fly-go/tokens"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/fault"
)

func TestFlyIsReachedWithoutANetwork(t *testing.T) {
	f, err := flylocal.New()
	require.NoError(t, err)
	defer f.Close()
	c, err := flaps.NewWithOptions(t.Context(), flaps.NewClientOpts{Tokens: tokens.Parse(f.OrgToken()), Transport: f.Transport()})
	require.NoError(t, err)
	_, err = c.CreateApp(t.Context(), flaps.CreateAppRequest{Name: "web", Org: "personal"})
	require.NoError(t, err)
	m, err := c.Launch(t.Context(), "web", fly.LaunchMachineInput{Config: web()})
	require.NoError(t, err)
	require.NoError(t, c.Wait(t.Context(), "web", m, "started", patience))

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	require.Error(t, c.Wait(ctx, "web", m, "stopped", time.Minute), "a client that leaves gets an error")

	require.NoError(t, f.Faults().Add(fault.Fault{Kind: "cut"}))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.machines.dev/v1/apps/web", nil)
	require.NoError(t, err)
	resp, err := f.Transport().RoundTrip(req)
	if err == nil {
		defer resp.Body.Close()
	}
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}
