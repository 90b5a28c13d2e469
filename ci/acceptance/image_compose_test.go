//go:build acceptance

package acceptance

import (
	"context"
	"net"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

func TestTheComposeStackComesUpWithContractsToLookAt(t *testing.T) {
	t.Parallel()
	builtImage(t) // skips where there is no docker
	port := freePort(t)
	compose := composeProgram(t)
	project := nameInDocker()
	run := func(args ...string) ([]byte, error) {
		all := append(append([]string{}, compose[1:]...), append([]string{"-p", project}, args...)...)
		command := exec.CommandContext(context.Background(), compose[0], all...) // also at the end, when t.Context is over
		command.Dir = repository
		command.Env = append(os.Environ(), "DOCKER_BUILDKIT=1", "APP_PORT="+port)
		return command.CombinedOutput()
	}
	t.Cleanup(func() {
		if out, err := run("down", "--volumes", "--rmi", "local"); err != nil {
			t.Errorf("compose down: %v\n%s", err, out)
		}
	})
	if out, err := run("up", "--build", "--wait"); err != nil {
		t.Fatalf("compose up: %v\n%s", err, out)
	}
	for _, path := range []string{"/", "/readyz", "/api/contracts"} {
		if status, _ := get(t, "http://127.0.0.1:"+port+path); status != 200 {
			t.Errorf("%s answers %d", path, status)
		}
	}
}

// composeProgram is $COMPOSE, else docker's own plugin.
func composeProgram(t testing.TB) []string {
	t.Helper()
	if program := os.Getenv("COMPOSE"); program != "" {
		return []string{program}
	}
	if _, err := dockerCLI("compose", "version"); err != nil {
		t.Skip("NOT TESTED: there is no compose: install docker's plugin, or set COMPOSE to a docker-compose v2 program")
	}
	return []string{"docker", "compose"}
}

func freePort(t testing.TB) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}
