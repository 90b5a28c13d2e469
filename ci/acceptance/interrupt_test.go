//go:build acceptance

package acceptance

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// groups are the process groups of the commands that run now. Each command has a group of its own, which the signal of
// Ctrl-C does not reach.
type groups struct {
	sync.Mutex
	running map[int]bool
	over    bool     // no command starts any more
	worlds  []*world // beside ground
}

// lastCommand is the context of a command that removes the rest: it runs after an interrupt too.
var lastCommand = context.WithValue(context.Background(), last{}, true)

type last struct{}

var commands = groups{running: map[int]bool{}}

// run runs a command in a group of its own. After an interrupt it runs none, and does not return.
func (g *groups) run(ctx context.Context, c *exec.Cmd) error {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = 5 * time.Second
	g.Lock()
	if g.over && ctx.Value(last{}) == nil {
		g.Unlock()
		select {}
	}
	err := c.Start()
	if err == nil {
		g.running[c.Process.Pid] = true
	}
	g.Unlock()
	if err != nil {
		return err
	}
	err = c.Wait()
	g.Lock()
	defer g.Unlock()
	delete(g.running, c.Process.Pid)
	return err
}

// end kills every command and all that it started.
func (g *groups) end() {
	g.Lock()
	defer g.Unlock()
	g.over = true
	for group := range g.running {
		_ = syscall.Kill(-group, syscall.SIGKILL)
	}
}

// neighbour adds a world that an interrupt removes.
func (g *groups) neighbour(w *world) {
	g.Lock()
	defer g.Unlock()
	g.worlds = append(g.worlds, w)
}

// removeWorlds removes ground and every neighbour.
func (g *groups) removeWorlds() error {
	g.Lock()
	worlds := append([]*world{&ground}, g.worlds...)
	g.Unlock()
	var problems []error
	for _, w := range worlds {
		problems = append(problems, w.remove())
	}
	return errors.Join(problems...)
}

// interrupted reports whether a signal ended the tests.
func (g *groups) interrupted() bool {
	g.Lock()
	defer g.Unlock()
	return g.over
}

// removeOnSignal removes what the tests started when a signal ends the tests: no cleanup of a test runs then.
func removeOnSignal() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		commands.end()
		fmt.Fprintln(os.Stderr, "interrupted: removing what the tests started")
		if err := errors.Join(commands.removeWorlds(), removeImage(), removeNamed()); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}()
}

// removeNamed removes the containers, volumes, networks and images with a name of this run. It looks again until nothing
// is left: docker may still carry out a request of a test.
func removeNamed() error {
	var left []string
	for range 10 {
		left = nil
		for _, kind := range []struct{ list, remove string }{
			{"ps -aq --filter name=", "rm -f -v"},
			{"volume ls -q --filter name=", "volume rm"},
			{"network ls -q --filter name=", "network rm"},
			{"images --format {{.Repository}}:{{.Tag}} --filter reference=", "rmi -f"},
		} {
			found, err := dockerCLI(strings.Fields(kind.list + namePrefix + "*")...)
			if names := strings.Fields(found); err == nil && len(names) > 0 {
				left = append(left, names...)
				_, _ = dockerCLI(append(strings.Fields(kind.remove), names...)...)
			}
		}
		if len(left) == 0 {
			return nil
		}
	}
	return fmt.Errorf("docker still has what the tests made: %s", strings.Join(left, " "))
}

func TestACommandThatIsInterruptedEndsWithAllItStarted(t *testing.T) {
	t.Parallel()
	g := groups{running: map[int]bool{}}
	folder := t.TempDir()
	ended := make(chan error)
	go func() {
		ended <- g.run(t.Context(), exec.CommandContext(t.Context(), "sh", "-c", `sleep 600 & echo $! >"$0/pid"; wait`, folder))
	}()
	var pid int
	eventually(t, "started", func() bool {
		text, _ := os.ReadFile(folder + "/pid")
		n, _ := fmt.Sscan(string(text), &pid)
		return n == 1
	})
	require.False(t, g.interrupted())
	g.end()
	require.ErrorContains(t, <-ended, "killed")
	eventually(t, "ended", func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		return syscall.Kill(pid, 0) != nil || err == nil && strings.Contains(string(stat), ") Z ")
	})
	require.True(t, g.interrupted())
	require.NoError(t, g.run(lastCommand, exec.CommandContext(t.Context(), "true")), "what removes the rest still runs")
}
