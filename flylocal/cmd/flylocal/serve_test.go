//go:build acceptance

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// port is free, and in the name of the network that the program creates: packages run side by side.
var port = freePort()

func freePort() int {
	for {
		n := 10000 + rand.IntN(10000) // below those that outgoing connections take
		if l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", fmt.Sprintf("127.0.0.1:%d", n)); err == nil {
			l.Close()
			return n
		}
	}
}

func TestMain(m *testing.M) {
	if err := exec.CommandContext(context.Background(), "docker", "info").Run(); err != nil {
		fmt.Fprintln(os.Stderr, "SKIPPED: no container engine answers; start one, or set DOCKER_HOST:", err)
		os.Exit(0)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() { // a signal runs no cleanup
		<-signals
		_, _ = removeNetwork()
		os.Exit(1)
	}()
	code := m.Run()
	if out, err := removeNetwork(); err != nil {
		fmt.Fprintf(os.Stderr, "the network is not removed: %v: %s\n", err, out)
		code = 1
	}
	os.Exit(code)
}

func removeNetwork() ([]byte, error) {
	return exec.CommandContext(context.Background(), "docker", "network", "rm", fmt.Sprintf("flylocal-%d", port)).CombinedOutput()
}

// serving runs the program's main function, and returns how to end it.
func serving(t *testing.T) (end func() error) {
	t.Helper()
	t.Setenv("FLYLOCAL_PORT", fmt.Sprint(port))
	t.Setenv("FLYLOCAL_LISTEN", fmt.Sprintf("127.0.0.1:%d", port))
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, []string{"serve"}, nil) }()
	require.Eventually(t, func() bool { return run(t.Context(), []string{"ping"}, new(bytes.Buffer)) == nil }, time.Minute, 20*time.Millisecond)
	return func() error {
		cancel()
		return <-ended
	}
}

func TestTheProgramGivesTokensAndKeepsThem(t *testing.T) {
	t.Setenv("FLYLOCAL_STATE", t.TempDir())
	token := func(args ...string) string {
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), append([]string{"token"}, args...), &out))
		return strings.TrimSpace(out.String())
	}
	end := serving(t)
	org, deploy := token(), token("--scope", "deploy", "--app", "web")
	require.NotEqual(t, org, deploy)
	require.ErrorContains(t, run(t.Context(), []string{"token", "--scope", "deploy"}, new(bytes.Buffer)), "add --app")
	require.NoError(t, end())
	end = serving(t)
	require.Equal(t, org, token())
	require.Equal(t, deploy, token("--app", "web", "--scope", "deploy"))
	require.NoError(t, end())
}

// A client that reads a stream does not keep the program from its end.
func TestTheProgramEndsWhileAClientReadsAStream(t *testing.T) {
	t.Setenv("FLYLOCAL_STATE", t.TempDir())
	end := serving(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://127.0.0.1:%d/_flylocal/page/live", port), nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.True(t, bufio.NewScanner(resp.Body).Scan())
	ended := make(chan error, 1)
	go func() { ended <- end() }()
	select {
	case err := <-ended:
		require.NoError(t, err)
	case <-time.After(time.Minute):
		t.Fatal("the program does not end: it waits for a stream that has no end")
	}
}
