package scripted

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"strings"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// Exec runs the commands that need no container: cat, echo, true, false, printenv.
func (h *Host) Exec(_ context.Context, k cloud.Key, c cloud.Command) (cloud.Output, error) {
	r, err := h.run(k)
	if err != nil {
		return cloud.Output{}, err
	}
	if len(c.Cmd) == 0 {
		return cloud.Output{Code: 127, Stderr: "no command"}, nil
	}
	switch c.Cmd[0] {
	case "cat":
		return cloud.Output{Stdout: c.Stdin}, nil
	case "echo":
		return cloud.Output{Stdout: strings.Join(c.Cmd[1:], " ") + "\n"}, nil
	case "true":
		return cloud.Output{}, nil
	case "false":
		return cloud.Output{Code: 1}, nil
	case "printenv":
		return cloud.Output{Stdout: r.spec.Env[strings.Join(c.Cmd[1:], "")] + "\n"}, nil
	}
	return cloud.Output{Code: 127, Stderr: c.Cmd[0] + ": not found"}, nil
}

// Processes returns one process, which listens on the act's addresses.
func (h *Host) Processes(_ context.Context, k cloud.Key) ([]cloud.Process, error) {
	r, err := h.run(k)
	if err != nil {
		return nil, err
	}
	p := cloud.Process{PID: 1, Command: strings.Join(r.spec.Cmd, " "), Listens: []cloud.Socket{}}
	for _, a := range r.act.Listens {
		p.Listens = append(p.Listens, cloud.Socket{Proto: "tcp", Address: a})
	}
	return []cloud.Process{p}, nil
}

// RemoveVolume does nothing: scripted machines have no volumes.
func (h *Host) RemoveVolume(context.Context, string) error { return nil }

// Address returns an address of the private network.
func (h *Host) Address(k cloud.Key) string {
	sum := sha256.Sum256([]byte(k.App + "/" + k.Machine))
	return net.IP(append([]byte{0xfd, 0xaa, 0, 0, 0, 0, 0xa7, 0x7b}, sum[:8]...)).String()
}

// Digest returns the digest of an image of another registry: the same one for the same reference.
func Digest(ref string) string {
	if _, digest, ok := strings.Cut(ref, "@"); ok {
		return digest
	}
	sum := sha256.Sum256([]byte(ref))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// one is a listener with a single connection.
type one struct{ conn chan net.Conn }

func (l *one) Accept() (net.Conn, error) {
	if c, ok := <-l.conn; ok {
		return c, nil
	}
	return nil, io.EOF
}

func (l *one) Close() error   { return nil }
func (l *one) Addr() net.Addr { return &net.UnixAddr{Name: "scripted"} }
