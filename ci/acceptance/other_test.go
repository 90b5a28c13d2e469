//go:build acceptance

package acceptance

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnotherAppWithItsOwnPipelineTomlGoesTheSameWay(t *testing.T) {
	w := deployed(t)
	folder, err := filepath.Abs("testdata/other")
	require.NoError(t, err)
	source := checkout(folder)
	t.Cleanup(func() {
		for _, stage := range []string{"trial", "live"} {
			w.must(t, "DELETE", "/v1/apps/guestbook-"+stage, nil, nil)
		}
	})
	secrets := file(t, `{"trial":{"GREETING":"hello, trial"},"live":{"GREETING":"hello, live"}}`)
	missing := w.of(source, "--secrets", secrets, "deploy", "--env", "trial").run(t)
	wantRefusal(t, missing, "app guestbook-trial of environment trial does not exist", "dagger call setup --env trial")
	for _, stage := range []string{"trial", "live"} {
		got := w.of(source, "--secrets", secrets, "setup", "--env", stage, "--apply").ok(t)
		require.Contains(t, got.stdout, "made now: guestbook-"+stage+" in organisation guests")
	}
	got := w.of(source, "--secrets", secrets, "deploy", "--env", "trial").ok(t)
	require.Contains(t, got.stdout, "1 secret staged, 1 machine created")
	require.NotContains(t, got.stdout, "migration", "this app does not say")
	w.of(source, "--secrets", secrets, "promote", "--from", "trial", "--to", "live").ok(t)
	require.Equal(t, w.runs(t, "guestbook-trial"), w.runs(t, "guestbook-live"))
	for _, stage := range []string{"trial", "live"} {
		status, body, err := visit("GET", "guestbook-"+stage, "/", "", nil)
		require.NoError(t, err)
		require.Equal(t, 200, status)
		require.Equal(t, "hello, "+stage+"\n", body)
	}
	wantNothing(t, w.of(source, "--secrets", secrets, "promote", "--from", "trial", "--to", "live").ok(t), 1)
}
