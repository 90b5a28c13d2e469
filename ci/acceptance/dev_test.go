//go:build acceptance

package acceptance

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheAppAndAPostgresRunOnThisMachineForDevelopers(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	port := freePort(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan result, 1)
	go func() {
		s, _ := w.dagger(w.checkout, "call", "--progress=logs", "dev", "up", "--ports", port+":8080").try(ctx)
		ended <- s
	}()
	defer func() {
		stop()
		t.Log((<-ended).all)
	}()
	for _, path := range []string{"/readyz", "/api/contracts"} {
		eventually(t, 2*time.Minute, path+" answering", func() bool {
			resp, err := client.Get("http://localhost:" + port + path)
			if err != nil {
				return false
			}
			defer resp.Body.Close()
			return resp.StatusCode == http.StatusOK
		})
	}
	resp, err := client.Get("http://localhost:" + port + "/")
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, 200, resp.StatusCode)
}
