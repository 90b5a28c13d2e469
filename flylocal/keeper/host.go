package keeper

import (
	"context"
	"net"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// Host runs the processes of machines: a container engine, or a script in a test.
// A machine has at most one process; each start gives it a fresh file system.
type Host interface {
	// Start runs the process of a machine; a second one is an error.
	Start(ctx context.Context, s cloud.Spec) error
	// Wait returns when the process ended, at once if it already has.
	Wait(ctx context.Context, k cloud.Key) (cloud.Exit, error)
	// Signal sends a signal by its name, such as SIGINT.
	Signal(ctx context.Context, k cloud.Key, signal string) error
	// Suspend freezes the process, Resume continues it.
	Suspend(ctx context.Context, k cloud.Key) error
	Resume(ctx context.Context, k cloud.Key) error
	// Remove ends the process and removes it; a process that does not exist is no error.
	Remove(ctx context.Context, k cloud.Key) error
	// Logs passes on each line that the process wrote after since, until the process ends.
	Logs(ctx context.Context, k cloud.Key, since time.Time, line func(cloud.Line)) error
	// Processes lists the processes inside the machine, and the addresses on which they listen.
	Processes(ctx context.Context, k cloud.Key) ([]cloud.Process, error)
	// Dial connects to a port of the machine over the private network.
	Dial(ctx context.Context, k cloud.Key, port int) (net.Conn, error)
}

// Records are the records of the cloud, as a Keeper reads and changes them.
type Records interface {
	// Machine returns the machine as it is recorded now.
	Machine(k cloud.Key) (cloud.Machine, error)
	// Change changes the record of a machine and saves it, unless ctx ended or the machine is gone.
	Change(ctx context.Context, k cloud.Key, f func(*cloud.App, *cloud.Machine))
	// Report records the result of a health check of an instance.
	Report(k cloud.Key, instance string, c cloud.Check)
}

// Log takes the lines of a machine.
type Log interface {
	Add(k cloud.Key, region string, line cloud.Line)
}

// Mishaps decide what goes wrong on purpose.
type Mishaps interface {
	Strikes(kind cloud.Mishap, app string) bool
	Delay(app string) time.Duration
}
