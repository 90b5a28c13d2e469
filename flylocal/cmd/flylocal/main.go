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
  flylocal serve                                        run it
  flylocal token [--scope org|deploy|read] [--app NAME] [--org SLUG]   print a token
  flylocal ping                                         is it running?

environment:
  FLYLOCAL_PORT   the port it is published at, 4280; tells one flylocal from another
  FLYLOCAL_STATE  its folder, /state
  FLYLOCAL_LISTEN where it listens, :4280
  DOCKER_HOST     the container engine, unix:///var/run/docker.sock
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
	org := flags.String("org", "", "the organisation of an org token; every one without it")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	return url.Values{"scope": {*scope}, "app": {*app}, "org": {*org}}, nil
}
