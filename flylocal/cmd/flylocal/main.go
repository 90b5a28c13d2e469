// Command flylocal is a Fly on this machine: apps, machines as containers, images, secrets and releases.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/signal"
	"syscall"
)

const usage = `usage:
  flylocal serve                                                       run flylocal
  flylocal token [--scope org|deploy|read] [--app NAME] [--org SLUG]   print a token
  flylocal ping                                                        succeed if flylocal runs

environment:
  FLYLOCAL_PORT    the port at which it is published; each flylocal has another one (4280)
  FLYLOCAL_STATE   the folder of its state (/state)
  FLYLOCAL_LISTEN  the address on which it listens (:4280)
  DOCKER_HOST      the container engine (unix:///var/run/docker.sock)
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "flylocal:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		fmt.Fprint(out, usage)
		return nil
	}
	switch args[0] {
	case "serve":
		return serve(ctx, environment())
	case "ping":
		return ask(ctx, environment(), "/ping", nil, out)
	case "token":
		q, err := tokenQuery(args[1:])
		if err != nil {
			return err
		}
		return ask(ctx, environment(), "/token", q, out)
	case "help", "-h", "--help":
		fmt.Fprint(out, usage)
		return nil
	}
	return fmt.Errorf("unknown command %q\n%s", args[0], usage)
}

func tokenQuery(args []string) (url.Values, error) {
	flags := flag.NewFlagSet("token", flag.ContinueOnError)
	scope := flags.String("scope", "org", "org, deploy or read")
	app := flags.String("app", "", "the app of a deploy token")
	org := flags.String("org", "", "the organisation of an org token; all of them unless given")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	return url.Values{"scope": {*scope}, "app": {*app}, "org": {*org}}, nil
}
