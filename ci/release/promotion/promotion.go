// Package promotion finds the image that an environment runs, and checks that a promotion goes to the next environment.
package promotion

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/setup"
)

// Machines has the calls of Fly that Running needs.
type Machines interface {
	Machines(ctx context.Context, app string) ([]*fly.Machine, error)
	Absent(err error) bool // Fly answered that the app does not exist
}

// Way returns the two environments of a promotion, or an error unless the second directly follows the first.
func Way(f pipeline.Config, from, to string) (source, target pipeline.Stage, err error) {
	if source, err = f.Stage(from); err != nil {
		return
	}
	if target, err = f.Stage(to); err != nil {
		return
	}
	if target.Before != source.Name {
		err = fmt.Errorf("no promotion from %s to %s: an image moves one environment at a time: %s%s", from, to, strings.Join(f.Names(), " → "), next(f, from))
	}
	return
}

// next returns advice on the environments that a promotion can have.
func next(f pipeline.Config, from string) string {
	names := f.Names()
	if i := slices.Index(names, from); i >= 0 && i+1 < len(names) {
		return fmt.Sprintf(".\nFrom %s an image can only go to %s: dagger call promote --from %[1]s --to %[2]s", from, names[i+1])
	}
	return fmt.Sprintf(".\n%s is the last environment: no image is promoted from it", from)
}

// MixedError is an environment whose machines run several images.
type MixedError struct {
	Environment, App string
	Digests          map[string][]string // machine ids by digest
}

func (e *MixedError) Error() string {
	var lines []string
	for d, ids := range e.Digests {
		lines = append(lines, fmt.Sprintf("  %s on %s", d, strings.Join(ids, ", ")))
	}
	slices.Sort(lines)
	return fmt.Sprintf("the machines of environment %s (app %s) run several images:\n%s\nDeploy or promote to %[1]s again, so that all run one", e.Environment, e.App, strings.Join(lines, "\n"))
}

// A NothingError is an environment that runs no image.
type NothingError struct {
	Environment, App string
}

func (e *NothingError) Error() string {
	return fmt.Sprintf("environment %s (app %s) runs no image: deploy or promote one to it first", e.Environment, e.App)
}

// RunsNothing is a mark by which packages recognise the error without importing this package.
func (e *NothingError) RunsNothing() {}

// Running returns the image that the app of an environment runs. An app that does not exist is a *setup.NoAppError, an
// app without a machine a *NothingError, and one whose machines run several images a *MixedError.
func Running(ctx context.Context, platform Machines, environment, app string) (image.Ref, error) {
	all, err := platform.Machines(ctx, app)
	if platform.Absent(err) {
		return image.Ref{}, &setup.NoAppError{App: app, Environment: environment}
	}
	if err != nil {
		return image.Ref{}, fmt.Errorf("the image that environment %s (app %s) runs is unknown: %w", environment, app, err)
	}
	digests := map[string][]string{}
	var found *fly.Machine
	for _, m := range all {
		if m.IsFlyAppsPlatform() && !m.IsFlyAppsReleaseCommand() && !m.IsFlyAppsConsole() {
			digests[m.ImageRef.Digest] = append(digests[m.ImageRef.Digest], m.ID)
			found = m
		}
	}
	for _, ids := range digests {
		slices.Sort(ids)
	}
	switch {
	case found == nil:
		return image.Ref{}, &NothingError{environment, app}
	case len(digests) > 1:
		return image.Ref{}, &MixedError{environment, app, digests}
	case found.ImageRef.Digest == "":
		return image.Ref{}, fmt.Errorf("the image of environment %s (app %s) is unknown: Fly's answer has no digest for machine %s. Deploy or promote to %[1]s again", environment, app, found.ID)
	}
	return image.Parse(fmt.Sprintf("%s/%s@%s", found.ImageRef.Registry, found.ImageRef.Repository, found.ImageRef.Digest))
}
