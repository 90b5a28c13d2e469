// Package promotion carries an image from the stage that runs it to the next.
package promotion

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/release/image"
)

// Machines is what a promotion asks of the source's Fly.
type Machines interface {
	Machines(ctx context.Context, app string) ([]*fly.Machine, error)
}

// Way checks that an image may go from one stage to the other: only forward, one stage at a time.
func Way(f pipeline.Config, from, to string) (source, target pipeline.Stage, err error) {
	if source, err = f.Stage(from); err != nil {
		return
	}
	if target, err = f.Stage(to); err != nil {
		return
	}
	if target.Before != source.Name {
		err = fmt.Errorf("cannot promote from %s to %s: an image goes one stage at a time, %s", from, to, strings.Join(f.Names(), " → "))
	}
	return
}

// MixedError is a source stage whose machines do not agree.
type MixedError struct {
	App     string
	Digests map[string][]string // machine ids by digest
}

func (e *MixedError) Error() string {
	var lines []string
	for d, ids := range e.Digests {
		lines = append(lines, fmt.Sprintf("  %s on %s", d, strings.Join(ids, ", ")))
	}
	slices.Sort(lines)
	return fmt.Sprintf("the machines of %s do not run one image:\n%s\nFinish or repeat its deploy first", e.App, strings.Join(lines, "\n"))
}

// A NothingError is of an app that runs no image.
type NothingError struct {
	App string
}

func (e *NothingError) Error() string {
	return fmt.Sprintf("%s runs nothing that could be promoted: deploy it first", e.App)
}

// RunsNothing identifies the error for packages that do not import this one.
func (e *NothingError) RunsNothing() {}

// Running asks the source which image it runs. All its machines must agree.
func Running(ctx context.Context, platform Machines, app string) (image.Ref, error) {
	all, err := platform.Machines(ctx, app)
	if err != nil {
		return image.Ref{}, fmt.Errorf("ask what %s runs: %w", app, err)
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
		return image.Ref{}, &NothingError{app}
	case len(digests) > 1:
		return image.Ref{}, &MixedError{app, digests}
	case found.ImageRef.Digest == "":
		return image.Ref{}, fmt.Errorf("what %s runs (machine %s) Fly does not say by digest: deploy it again", app, found.ID)
	}
	return image.Parse(fmt.Sprintf("%s/%s@%s", found.ImageRef.Registry, found.ImageRef.Repository, found.ImageRef.Digest))
}
