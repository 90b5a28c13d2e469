package cloud

import "time"

// Key names a machine.
type Key struct{ App, Machine string }

// Spec has everything a host needs to run the process of a machine.
type Spec struct {
	Key
	Instance   string // version of the machine, to recognise the process later
	Image      Image
	Exec       []string // replaces entrypoint and command
	Entrypoint []string
	Cmd        []string
	Env        map[string]string // in addition to the image's
	Files      []File
	Mounts     []Mount
	MemoryMB   int
	CPUs       int
	TTY        bool
	Names      []string // on the private network
}

// File is a file that the host writes into the machine before its process starts.
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
	Cause string // why the process did not run
}

// Signal returns the number of the signal that killed the process, or 0.
func (e Exit) Signal() int {
	if e.Code > 128 && e.Code < 128+65 {
		return e.Code - 128
	}
	return 0
}

// Found is a process that an earlier flylocal left.
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

// Command is a command that runs inside a machine.
type Command struct {
	Cmd   []string
	Stdin string
}

// Output is the exit code and the output of a command.
type Output struct {
	Code           int
	Stdout, Stderr string
}

// Process is a process inside a machine.
type Process struct {
	PID     int      `json:"pid"`
	Command string   `json:"command"`
	Listens []Socket `json:"listen_sockets"`
}

// Socket is an address on which a process listens.
type Socket struct {
	Proto   string `json:"proto"`
	Address string `json:"address"`
}
