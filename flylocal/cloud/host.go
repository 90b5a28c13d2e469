package cloud

import (
	"context"
	"net"
	"time"
)

// Host is where machines run: a container engine, or a script in a test.
// A machine has at most one process at a time; starting one again gives it a fresh file system.
type Host interface {
	// Image brings an image that is not in this Fly's registry, and says what it is.
	Image(ctx context.Context, ref string) (Image, error)
	// Start runs the process of a machine; it is an error to start a second one.
	Start(ctx context.Context, s Spec) error
	// Wait returns when the process ended, at once if it already has.
	Wait(ctx context.Context, k Key) (Exit, error)
	// Signal sends a signal by its name, such as SIGINT.
	Signal(ctx context.Context, k Key, signal string) error
	// Suspend freezes the process, Resume goes on with it.
	Suspend(ctx context.Context, k Key) error
	Resume(ctx context.Context, k Key) error
	// Remove ends the process if need be and forgets it; one that is gone is no error.
	Remove(ctx context.Context, k Key) error
	// Found lists the processes left from an earlier life of this Fly.
	Found(ctx context.Context) ([]Found, error)
	// Logs gives each line the process wrote after since, until the process ends.
	Logs(ctx context.Context, k Key, since time.Time, line func(Line)) error
	// Exec runs a command inside the machine.
	Exec(ctx context.Context, k Key, c Command) (Output, error)
	// Processes lists what runs inside the machine, and what it listens on.
	Processes(ctx context.Context, k Key) ([]Process, error)
	// Dial connects to a port of the machine over the private network.
	Dial(ctx context.Context, k Key, port int) (net.Conn, error)
	// RemoveVolume deletes the data of a volume; volumes appear when first mounted.
	RemoveVolume(ctx context.Context, id string) error
	// Address is the private address a machine has or will have.
	Address(k Key) string
}

// Key names a machine.
type Key struct{ App, Machine string }

// Spec is what a host must know to run a machine.
type Spec struct {
	Key
	Instance   string // version of the machine, to recognise the process later
	Image      Image
	Exec       []string // replaces entrypoint and command
	Entrypoint []string
	Cmd        []string
	Env        map[string]string // beside what the image sets
	Files      []File
	Mounts     []Mount
	MemoryMB   int
	CPUs       int
	TTY        bool
	Names      []string // on the private network
}

// File is written into the machine before its process starts.
type File struct {
	Path string
	Data []byte
	Mode int64
}

// Mount is a volume inside a machine.
type Mount struct{ Volume, Path string }

// Exit is how a process ended.
type Exit struct {
	Code  int
	OOM   bool
	Cause string // why it never ran, if so
}

// Found is a process of an earlier life.
type Found struct {
	Key
	Instance string
	Running  bool
}

// Line is one line of a machine's output.
type Line struct {
	Time   time.Time
	Text   string
	Stderr bool
}

// Command is run inside a machine.
type Command struct {
	Cmd   []string
	Stdin string
}

// Output is what a command left.
type Output struct {
	Code           int
	Stdout, Stderr string
}

// Process runs inside a machine.
type Process struct {
	PID     int      `json:"pid"`
	Command string   `json:"command"`
	Listens []Socket `json:"listen_sockets"`
}

// Socket is where a process listens.
type Socket struct {
	Proto   string `json:"proto"`
	Address string `json:"address"`
}
