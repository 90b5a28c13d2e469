//go:build acceptance

package acceptance

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// testPort is flylocal's port in these tests; a developer's is 4280.
const testPort = "4290"

// world is a checkout and the flylocal to which its `make deploy` deployed.
type world struct {
	checkout
	port     string
	state    string // XDG_STATE_HOME
	deployed result // the output of the first `make deploy`
	lock     *os.File
	kept     bool // for authors of tests: the folder $PIPELINE_TEST_KEEP and its flylocal stay for the next run
	once     sync.Once
	err      error
}

var ground = world{port: testPort}

// deployed returns the world that all tests share. Every test leaves it as `make deploy` does.
func deployed(t testing.TB) *world {
	t.Helper()
	answering(t)
	ground.once.Do(func() { ground.err = ground.begin() })
	if ground.err != nil {
		t.Fatal(ground.err)
	}
	return &ground
}

// answering skips the test without docker or dagger, and fails it on a machine that can run the lab.
func answering(t testing.TB) {
	t.Helper()
	for _, ask := range [][]string{{"docker", "version"}, {"dagger", "version"}} {
		out, err := exec.CommandContext(t.Context(), ask[0], ask[1:]...).CombinedOutput()
		if err == nil {
			continue
		}
		root, _ := origin()
		why, cannot := exec.CommandContext(t.Context(), filepath.Join(root, "lab/can.sh")).CombinedOutput()
		if cannot == nil {
			t.Fatalf("%s does not answer, and this machine can run the lab: `eval \"$(make -s env)\"` first, or `make test`\n%s", ask[0], out)
		}
		t.Skipf("NOT TESTED: %s does not answer (%v %s); %s", ask[0], err, out, why)
	}
}

func (w *world) begin() error {
	dir, err := os.MkdirTemp("", "pipeline-acceptance-")
	if err != nil {
		return err
	}
	w.state = filepath.Join(dir, "state")
	if kept := os.Getenv("PIPELINE_TEST_KEEP"); kept != "" {
		w.state, w.kept = kept, true
	}
	if w.lock, err = exclusive(filepath.Join(os.TempDir(), "pipeline-acceptance-"+w.port+".lock")); err != nil {
		return err
	}
	root, err := origin()
	if err != nil {
		return err
	}
	if w.checkout, err = newCheckout(root, filepath.Join(dir, "checkout")); err != nil {
		return err
	}
	// An earlier run that was killed may have left something.
	if _, err := os.Stat(w.token()); w.kept && err == nil {
		fmt.Fprintln(os.Stderr, "using the world kept in "+w.state)
	} else if s, err := w.make("clean").try(context.Background()); s.failure(err) != nil {
		return fmt.Errorf("make clean, before all: %w", s.failure(err))
	}
	if w.deployed, err = w.make("deploy").try(context.Background()); w.deployed.failure(err) != nil {
		return fmt.Errorf("make deploy: %w", w.deployed.failure(err))
	}
	return nil
}

// exclusive waits until no other run of these tests uses the port. The end of this process frees the lock.
func exclusive(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return f, syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
}

// remove removes the world.
func (w *world) remove() error {
	if w.checkout == "" {
		return nil
	}
	if w.kept {
		return os.RemoveAll(filepath.Dir(string(w.checkout)))
	}
	s, err := w.make("clean").try(lastCommand)
	if err == nil && s.code != 0 {
		err = fmt.Errorf("exit code %d", s.code)
	}
	if err == nil {
		err = w.gone()
	}
	if err != nil {
		return fmt.Errorf("make clean, after all: %w\n%s", err, s.all)
	}
	return os.RemoveAll(filepath.Dir(string(w.checkout)))
}

// gone returns an error that names what is left of this world in docker.
func (w *world) gone() error {
	for _, kind := range []string{"ps -aq", "volume ls -q", "network ls -q"} {
		left, err := dockerCLI(append(strings.Fields(kind), "--filter", "label=flylocal="+w.port)...)
		if err != nil {
			return fmt.Errorf("docker %s: %w\n%s", kind, err, left)
		}
		if left != "" {
			return fmt.Errorf("docker %s: still there: %s", kind, left)
		}
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:"+w.port)
	if err != nil {
		return fmt.Errorf("the port is not free again: %w", err)
	}
	return listener.Close()
}

// environment has this world's port and state. `make clean` leaves the lab up.
func (w *world) environment() []string {
	return append(os.Environ(), "FLYLOCAL_PORT="+w.port, "XDG_STATE_HOME="+w.state, "PIPELINE_KEEP_LAB=1",
		"NO_COLOR=1", "DO_NOT_TRACK=1", "DAGGER_NO_NAG=1")
}

func (w *world) make(target string) command {
	return command{string(w.checkout), w.environment(), []string{"make", target}}
}

// dagger is a call as a person types it, in any checkout.
func (w *world) dagger(in checkout, args ...string) command {
	return command{string(in), w.environment(), append([]string{"dagger"}, args...)}
}

// call is a call as the scripts make it: flags name this flylocal, so a .env has no effect.
func (w *world) call(args ...string) command {
	return w.callAs(w.token(), args...)
}

func (w *world) callAs(token string, args ...string) command {
	all := []string{"call", "--progress=logs", "--fly", "tcp://127.0.0.1:" + w.port, "--token", "file://" + token}
	return w.dagger(w.checkout, append(all, args...)...)
}

// of is a call for another source by the same module.
func (w *world) of(source checkout, args ...string) command {
	return w.call(append([]string{"--source", string(source), "--git", string(source)}, args...)...)
}

func (w *world) token() string {
	return filepath.Join(w.state, "pipeline", "flylocal-"+w.port, "token")
}

func (w *world) secrets() string {
	return "file://" + filepath.Join(filepath.Dir(w.token()), "secrets.json")
}

// patience is how long a test waits for a state. A loaded machine needs a part of it, a broken one needs it whole.
const patience = 5 * time.Minute

// eventually waits for a state.
func eventually(t testing.TB, state string, reached func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if reached() {
			return
		}
	}
	t.Fatalf("not %s within %s", state, patience)
}
