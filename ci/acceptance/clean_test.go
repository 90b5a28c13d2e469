//go:build acceptance

package acceptance

import (
	"net"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// neighbour is a second world on this machine, with its own port and state. No two tests use the same port.
func neighbour(t testing.TB, port string) *world {
	t.Helper()
	w := &world{checkout: another(t), state: t.TempDir(), port: port}
	commands.neighbour(w)
	t.Cleanup(func() { w.make("clean").run(t) })
	return w
}

func TestCleanLeavesNothingOfOursAndTouchesNobodyElse(t *testing.T) {
	t.Parallel()
	others := deployed(t)
	before := others.everything(t)
	w := neighbour(t, "4293")
	data := volume(t)
	bystander := start(t, "-v", data+":/data", "postgres:17", "sleep", "3600")
	born := bystander.inspect("{{.Id}} {{.State.StartedAt}}")

	w.make("up").ok(t)
	w.call("--secrets", w.secrets(), "setup", "--env", "development", "--apply").ok(t)
	require.Len(t, w.containers(t, "running"), 2, "flylocal and a database")
	w.make("clean").ok(t)

	require.NoError(t, w.gone())
	require.Empty(t, mustDocker(t, "images", "-q", "flylocal:"+w.port))
	for _, left := range []string{w.token(), w.path(".env")} {
		_, err := os.Stat(left)
		require.True(t, os.IsNotExist(err), "%s is still there", left)
	}
	require.Equal(t, born, bystander.inspect("{{.Id}} {{.State.StartedAt}}"))
	mustDocker(t, "volume", "inspect", data)
	require.Equal(t, before, others.everything(t))
}

func TestATakenPortIsReportedTogetherWithTheWayOut(t *testing.T) {
	t.Parallel()
	answering(t)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:4294")
	require.NoError(t, err)
	defer listener.Close()
	w := neighbour(t, "4294")
	output := w.make("up").run(t)
	wantRefusal(t, output, "Is port 4294 taken? Another one: FLYLOCAL_PORT=4281 make up")
	require.Empty(t, w.containers(t, ""))
}
