// Package workflow reads the arguments of the functions that a workflow of GitHub Actions calls.
package workflow

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"

	"github.com/renewa/pipeline/ci/workflow/gate"
)

// A Given is an argument that a caller gives as text or as a file.
type Given struct {
	Flag string
	Text string
	File *dagger.File
}

func (g Given) read(ctx context.Context) (string, error) {
	if g.File == nil {
		return g.Text, nil
	}
	if g.Text != "" {
		return "", fmt.Errorf("--%s and --%s-file were both given, so nothing was decided: give one", g.Flag, g.Flag)
	}
	return g.File.Contents(ctx)
}

// Gate returns the verdict about a workflow run as text, which is the error when the gate is closed.
func Gate(ctx context.Context, r source.Repository, event string, needs, changed Given) (string, error) {
	jobs, err := needs.read(ctx)
	if err != nil {
		return "", err
	}
	files, err := changed.read(ctx)
	if err != nil {
		return "", err
	}
	verdict, err := gate.Decide(r.Jobs, gate.Run{Needs: jobs, Event: event, Changed: files})
	if err != nil {
		return "", err
	}
	return verdict.String(), verdict.Err()
}
