package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/renewa/pipeline/flylocal"
	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/docker"
)

type settings struct {
	port   int
	state  string
	listen string
}

func environment() settings {
	port, err := strconv.Atoi(os.Getenv("FLYLOCAL_PORT"))
	if err != nil {
		port = 4280
	}
	return settings{port, cmp.Or(os.Getenv("FLYLOCAL_STATE"), "/state"), cmp.Or(os.Getenv("FLYLOCAL_LISTEN"), ":4280")}
}

func (s settings) socket() string { return filepath.Join(s.state, "admin.sock") }

// serve answers until ctx ends. Machines keep running: the next flylocal finds them.
func serve(ctx context.Context, s settings) error {
	if err := os.MkdirAll(s.state, 0o700); err != nil {
		return fmt.Errorf("create state folder: %w", err)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	fly, err := flylocal.New(flylocal.WithPort(s.port), flylocal.WithState(s.state), flylocal.WithLog(log), flylocal.WithVersion(version()),
		flylocal.WithEngine(func(token string) (control.Host, error) { return docker.Open(ctx, s.port, token, log) }))
	if err != nil {
		return err
	}
	defer fly.Close()
	admin, err := adminSocket(ctx, s.socket())
	if err != nil {
		return err
	}
	defer admin.Close()
	public, err := new(net.ListenConfig).Listen(ctx, "tcp", s.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	go func() { _ = (&http.Server{Handler: fly.Admin(), ReadHeaderTimeout: 10 * time.Second}).Serve(admin) }()
	server := &http.Server{Handler: fly, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	context.AfterFunc(ctx, func() {
		end, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(end) != nil {
			_ = server.Close() // no wait for streams
		}
	})
	log.Info("flylocal is ready", "url", fmt.Sprintf("http://localhost:%d", s.port))
	if err := server.Serve(public); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func adminSocket(ctx context.Context, path string) (net.Listener, error) {
	_ = os.Remove(path) // of an earlier flylocal
	l, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen for flylocal token: %w", err)
	}
	return l, os.Chmod(path, 0o600)
}

// ask sends a request to the flylocal of this state folder.
func ask(ctx context.Context, s settings, path string, q url.Values, out io.Writer) error {
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", s.socket())
		},
	}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://flylocal"+path+"?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("no flylocal runs over %s: %w", s.state, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New(string(text))
	}
	_, err = out.Write(text)
	return err
}

// version returns the commit of this program.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return info.Main.Version
}
