// Package setup lists what an environment lacks for its first deploy, and creates it.
package setup

import (
	"context"
	"fmt"
	"strings"

	"github.com/superfly/fly-go/flaps"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/database"
)

// Platform has the calls of Fly that this package needs.
type Platform interface {
	database.Platform
	App(ctx context.Context, name string) (*flaps.App, error)
	CreateApp(ctx context.Context, name, org string) error
	Addresses(ctx context.Context, app string) ([]flaps.IPAssignment, error)
	AssignAddress(ctx context.Context, app, org, kind string) error
	Local() bool
	Absent(err error) bool
}

// Request describes the environment to set up.
type Request struct {
	Stage   pipeline.Stage
	App     string // name in its fly.toml
	Region  string
	Public  bool // the app has services, so it needs addresses
	Secrets []secret.Requirement
	Given   *secret.Set // nil: none given
}

// Step is one thing that an environment needs.
type Step struct {
	Name string
	Have bool                            // it exists
	What string                          // description of the existing or missing thing
	Hand string                          // command or advice for doing the step by hand
	do   func(ctx context.Context) error // nil: the step can only be done by hand
}

// Plan returns the existing and the missing things as steps. It changes nothing.
func Plan(ctx context.Context, platform Platform, r Request) ([]Step, error) {
	app, err := exists(ctx, platform, r.App)
	if err != nil {
		return nil, err
	}
	steps := []Step{appStep(platform, r.App, r.Stage.Org, app)}
	if r.Public {
		s, err := addressStep(ctx, platform, r, app)
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	if r.Stage.Database != nil {
		s, err := databaseSteps(ctx, platform, r)
		if err != nil {
			return nil, err
		}
		steps = append(steps, s...)
	}
	s, err := secretStep(ctx, platform, r, app)
	if err != nil {
		return nil, err
	}
	return append(steps, s, tokenStep(r)), nil
}

// Apply does the missing steps that the API can do, in order, updates them in steps and reports each with say.
func Apply(ctx context.Context, steps []Step, say func(format string, args ...any)) error {
	for i, s := range steps {
		if s.Have || s.do == nil {
			continue
		}
		say("%s: %s", s.Name, s.What)
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s was not set up: %w", s.Name, err)
		}
		steps[i].Have, steps[i].What = true, "made now: "+strings.TrimPrefix(s.What, "missing: ")
	}
	return nil
}

func exists(ctx context.Context, platform Platform, app string) (bool, error) {
	_, err := platform.App(ctx, app)
	if platform.Absent(err) {
		return false, nil
	}
	return err == nil, err
}

func appStep(platform Platform, app, org string, have bool) Step {
	s := Step{Name: "app", Have: have, What: app}
	if !have {
		s.What = fmt.Sprintf("missing: %s in organisation %s", app, org)
		s.Hand = fmt.Sprintf("fly apps create %s --org %s", app, org)
		s.do = func(ctx context.Context) error { return platform.CreateApp(ctx, app, org) }
	}
	return s
}

func addressStep(ctx context.Context, platform Platform, r Request, app bool) (Step, error) {
	var v4, v6 bool
	if app {
		ips, err := platform.Addresses(ctx, r.App)
		if err != nil {
			return Step{}, err
		}
		for _, ip := range ips {
			six := strings.Contains(ip.IP, ":")
			v4 = v4 || !six
			v6 = v6 || six && !strings.HasPrefix(ip.IP, "fdaa:") // Fly's private network
		}
	}
	if v4 && v6 {
		return Step{Name: "address", Have: true, What: "v4 and v6"}, nil
	}
	s := Step{Name: "address", Hand: fmt.Sprintf("fly ips allocate-v4 --shared -a %[1]s; fly ips allocate-v6 -a %[1]s", r.App)}
	var missing []string
	if !v4 {
		missing = append(missing, "shared_v4")
	}
	if !v6 {
		missing = append(missing, "v6")
	}
	s.What = "missing: shared v4 and v6"
	if len(missing) == 1 {
		s.What = "missing: " + strings.ReplaceAll(missing[0], "_", " ")
	}
	s.do = func(ctx context.Context) error {
		for _, kind := range missing {
			if err := platform.AssignAddress(ctx, r.App, r.Stage.Org, kind); err != nil {
				return err
			}
		}
		return nil
	}
	return s, nil
}
