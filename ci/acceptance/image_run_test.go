//go:build acceptance

package acceptance

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestTheAppRefusesToStartAndListsEveryMissingSecret(t *testing.T) {
	output, status := runOnce(t, "-e", "JWT_SECRET=", "-e", "RUN_MIGRATIONS=1", builtImage(t))
	if status != 1 {
		t.Errorf("exit status %d, want 1", status)
	}
	if want := "renewa: cannot start: DATABASE_URL, JWT_SECRET, ENCRYPTION_MASTER_KEY not set: set every one of them as a secret"; output != want {
		t.Errorf("output %q\nwant %q", output, want)
	}
}

func TestTheAppIsHealthyUnprivilegedAndWithoutAFileSystemToWrite(t *testing.T) {
	t.Parallel()
	for reason, args := range map[string][]string{
		"as the image's user": {},
		"as any other user":   {"--user", "4711:4711"},
	} {
		t.Run(reason, func(t *testing.T) {
			app := startApp(t, append(args, "-p", "127.0.0.1::8080", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL")...)
			app.waitHealthy()
			if owners := app.exec("sh", "-c", "stat -c %u /proc/[0-9]*"); strings.Contains("\n"+owners+"\n", "\n0\n") {
				t.Error("a process runs as root")
			}
			if status, body := app.get("/"); status != 200 || !strings.Contains(body, "<title>Renewa</title>") {
				t.Errorf("the page answers %d %q", status, body)
			}
			if status, _ := app.get("/nothing-here"); status != 404 {
				t.Errorf("a page that does not exist answers %d", status)
			}
			if output := app.logs(); strings.Contains(output, "do-not-tell") {
				t.Errorf("a secret is in the log:\n%s", output)
			}
		})
	}
}

func TestWhatServesRequestsHasNeitherMigrationAddressNorFlyToken(t *testing.T) {
	t.Parallel()
	app := startApp(t, "-e", "DATABASE_URL_MIGRATION=postgres://owner:do-not-tell-5@db/renewa", "-e", "FLY_API_TOKEN=do-not-tell-6")
	app.waitHealthy()
	environments := app.exec("sh", "-c", `for p in /proc/[0-9]*; do
		echo "$(tr '\0' ' ' <$p/cmdline | head -c 30) has $(tr '\0' ' ' <$p/environ)"; done`)
	for line := range strings.Lines(environments) {
		program, environment, _ := strings.Cut(line, " has ")
		switch {
		case strings.HasPrefix(program, "nginx") && strings.Contains(environment, "do-not-tell"):
			t.Errorf("%s has secrets", program)
		case strings.HasPrefix(program, "bun") && (strings.Contains(environment, "tell-5") || strings.Contains(environment, "tell-6")):
			t.Errorf("%s has what is for migrating and deploying only", program)
		}
	}
	for _, program := range []string{"nginx: master", "nginx: worker", "bun /app/server.js"} {
		if !strings.Contains(environments, program) {
			t.Errorf("%s does not run:\n%s", program, environments)
		}
	}
}

// Docker kills what has not ended after half a minute, with exit status 137. How long a stop takes: BenchmarkStop.
func TestAContainerEndsByItselfWhenItIsStoppedAtAnyMoment(t *testing.T) {
	const together = 3
	stops := soak(12, 30)
	builtImage(t)
	turns := make(chan struct{}, together)
	t.Run("stops", func(t *testing.T) {
		for i := range stops {
			// Every other container is still waiting for a database when it is stopped.
			migrates := fmt.Sprintf("RUN_MIGRATIONS=%d", i%2)
			after := time.Duration(rand.Int64N(int64(3 * time.Second)))
			t.Run(fmt.Sprintf("after %d ms, %s", after.Milliseconds(), migrates), func(t *testing.T) {
				t.Parallel()
				turns <- struct{}{}
				defer func() { <-turns }()
				app := startApp(t, "-e", migrates)
				time.Sleep(after)
				mustDocker(t, "stop", "-t", "30", app.name)
				// 143: the stop came before the start script could decide for itself.
				if status := app.inspect("{{.State.ExitCode}}"); status != "0" && status != "143" {
					t.Errorf("exit status %s; the container's log:\n%s", status, app.logs())
				}
			})
		}
	})
}

func TestAnOpenRequestIsFinishedDuringAStop(t *testing.T) {
	t.Parallel()
	app := startApp(t, "-p", "127.0.0.1::8080")
	app.waitHealthy()
	address := app.address()
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	answers := textproto.NewReader(bufio.NewReader(connection))
	fmt.Fprint(connection, "POST /api/contracts HTTP/1.1\r\nHost: app\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
	if line, err := answers.ReadLine(); err != nil || !strings.Contains(line, " 100 ") {
		t.Fatalf("nginx has not taken the request: %q, %v", line, err)
	}
	if _, err := answers.ReadMIMEHeader(); err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(connection, "{")
	stopped := make(chan error, 1)
	go func() { _, err := dockerCLI("stop", "-t", "60", app.name); stopped <- err }()
	eventually(t, "closed for new requests", func() bool {
		_, _, err := request(t, "http://"+address+"/")
		return err != nil
	})
	fmt.Fprint(connection, "}")
	if line, err := answers.ReadLine(); err != nil || !strings.Contains(line, "401") {
		t.Errorf("the answer is %q, %v; want the backend's own", line, err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestAProgramThatDiesEndsTheContainerWithAFailure(t *testing.T) {
	t.Parallel()
	for reason, pattern := range map[string]string{
		"the backend": "^bun",
		"nginx":       "^nginx: master",
		"supervisord": "[s]upervisord",
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			app := startApp(t)
			app.waitHealthy()
			// The command may be torn down together with the container: how it ends proves nothing.
			_, _ = dockerCLI("exec", app.name, "sh", "-c", `for p in /proc/[0-9]*; do
				tr '\0' ' ' <$p/cmdline | grep -q "`+pattern+`" && kill -9 ${p#/proc/} || true; done`)
			wantFailure(t, app)
		})
	}
}

func TestABrokenNginxConfigurationEndsTheContainerWithAFailure(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "nginx.conf")
	if err := os.WriteFile(broken, []byte("nonsense;\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	app := startApp(t, "-v", broken+":/app/container/nginx.conf:ro")
	wantFailure(t, app)
	if output := app.logs(); !strings.Contains(output, "nonsense") {
		t.Errorf("the reason is not in the log:\n%s", output)
	}
}

func wantFailure(t testing.TB, app container) {
	t.Helper()
	app.waitFor("{{.State.Status}}", "exited")
	if status := app.inspect("{{.State.ExitCode}}"); status == "0" {
		t.Errorf("exit status 0: a failure must have another status; the container's log:\n%s", app.logs())
	}
}

func TestAFrozenBackendIsUnhealthyAndHealthyWhenItGoesOn(t *testing.T) {
	t.Parallel()
	app := startApp(t)
	app.waitHealthy()
	signal := func(name string) {
		app.exec("sh", "-c", `kill -`+name+` $(grep -l '^bun' /proc/[0-9]*/cmdline | cut -d/ -f3)`)
	}
	signal("STOP")
	app.waitFor("{{.State.Health.Status}}", "unhealthy")
	signal("CONT")
	app.waitHealthy()
}
