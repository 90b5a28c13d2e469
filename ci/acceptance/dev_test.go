//go:build acceptance

package acceptance

import (
	"context"
	"net/http"
	"testing"

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
		eventually(t, path+" answering", func() bool {
			status, _, err := request(t, "http://localhost:"+port+path)
			return err == nil && status == http.StatusOK
		})
	}
	status, _ := get(t, "http://localhost:"+port+"/")
	require.Equal(t, http.StatusOK, status)
}
