package docker

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/pkg/stdcopy"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// Wait returns when the container ended.
func (h *Host) Wait(ctx context.Context, k cloud.Key) (cloud.Exit, error) {
	name := h.container(k)
	over, failed := h.api.ContainerWait(ctx, name, container.WaitConditionNotRunning)
	select {
	case err := <-failed:
		return cloud.Exit{}, err
	case <-over:
	}
	for range 5 {
		c, err := h.api.ContainerInspect(ctx, name)
		if err != nil {
			return cloud.Exit{}, err
		}
		e := cloud.Exit{Code: c.State.ExitCode, OOM: c.State.OOMKilled, Cause: c.State.Error}
		if e.Code != killed || e.OOM {
			return e, nil
		}
		select { // the engine may report only later that memory was the reason
		case <-time.After(60 * time.Millisecond):
		case <-ctx.Done():
			return e, nil
		}
	}
	return cloud.Exit{Code: killed}, nil
}

const killed = 128 + 9 // exit code after SIGKILL

// Signal sends a signal to the process.
func (h *Host) Signal(ctx context.Context, k cloud.Key, signal string) error {
	return h.api.ContainerKill(ctx, h.container(k), signal)
}

// Suspend freezes the container.
func (h *Host) Suspend(ctx context.Context, k cloud.Key) error {
	return h.api.ContainerPause(ctx, h.container(k))
}

// Resume continues the container.
func (h *Host) Resume(ctx context.Context, k cloud.Key) error {
	return h.api.ContainerUnpause(ctx, h.container(k))
}

// Logs follows both outputs of the container until it ends.
func (h *Host) Logs(ctx context.Context, k cloud.Key, since time.Time, line func(cloud.Line)) error {
	o := container.LogsOptions{ShowStdout: true, ShowStderr: true, Follow: true, Timestamps: true, Tail: "1000"}
	if !since.IsZero() {
		o.Since = since.Format(time.RFC3339Nano)
	}
	c, err := h.api.ContainerInspect(ctx, h.container(k))
	if err != nil {
		return err
	}
	stream, err := h.api.ContainerLogs(ctx, c.ID, o)
	if err != nil {
		return err
	}
	defer stream.Close()
	if c.Config.Tty {
		return lines(stream, false, line)
	}
	var both sync.WaitGroup
	out, outEnd := io.Pipe()
	bad, badEnd := io.Pipe()
	both.Go(func() { _ = lines(out, false, line) })
	both.Go(func() { _ = lines(bad, true, line) })
	_, err = stdcopy.StdCopy(outEnd, badEnd, stream)
	_, _ = outEnd.Close(), badEnd.Close()
	both.Wait()
	return err
}

// lines passes on the lines of a stream; each begins with its time.
func lines(r io.Reader, stderr bool, line func(cloud.Line)) error {
	for b := bufio.NewReader(r); ; {
		text, err := b.ReadString('\n')
		if stamp, rest, ok := strings.Cut(strings.TrimRight(text, "\r\n"), " "); ok {
			at, _ := time.Parse(time.RFC3339Nano, stamp)
			line(cloud.Line{Time: at, Text: rest, Stderr: stderr})
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			_, _ = io.Copy(io.Discard, r) // the writer must not block
			return err
		}
	}
}

// Exec runs a command in the container, with an input that ends.
func (h *Host) Exec(ctx context.Context, k cloud.Key, c cloud.Command) (cloud.Output, error) {
	made, err := h.api.ContainerExecCreate(ctx, h.container(k), container.ExecOptions{
		Cmd: c.Cmd, AttachStdin: c.Stdin != "", AttachStdout: true, AttachStderr: true,
	})
	if err != nil {
		return cloud.Output{}, fmt.Errorf("exec: %w", err)
	}
	conn, err := h.api.ContainerExecAttach(ctx, made.ID, container.ExecAttachOptions{})
	if err != nil {
		return cloud.Output{}, fmt.Errorf("exec: %w", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if c.Stdin != "" {
		go func() {
			_, _ = io.WriteString(conn.Conn, c.Stdin)
			_ = conn.CloseWrite()
		}()
	}
	var out, bad strings.Builder
	if _, err := stdcopy.StdCopy(&out, &bad, conn.Reader); err != nil {
		return cloud.Output{Stdout: out.String(), Stderr: bad.String()}, fmt.Errorf("exec: %w", err)
	}
	return h.result(ctx, made.ID, cloud.Output{Stdout: out.String(), Stderr: bad.String()})
}

// result waits for the exit code: the output may end before the engine has it.
func (h *Host) result(ctx context.Context, id string, o cloud.Output) (cloud.Output, error) {
	for {
		state, err := h.api.ContainerExecInspect(ctx, id)
		if err != nil {
			return o, fmt.Errorf("exec: %w", err)
		}
		if !state.Running {
			o.Code = state.ExitCode
			return o, nil
		}
		select {
		case <-ctx.Done():
			return o, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}
