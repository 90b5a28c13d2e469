package main

import (
	"context"
	"errors"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/workflow"

	"github.com/renewa/pipeline/ci/output"
)

// Github has the functions that a workflow of GitHub Actions calls.
type Github struct {
	// +private
	Pipeline *Pipeline
}

// Decide for a workflow of GitHub Actions: gate.
//
//	dagger call github gate --needs "$NEEDS" --event pull_request --changed "$CHANGED"
//
// +cache="never"
func (p *Pipeline) Github() *Github { return &Github{Pipeline: p} }

// Fail, with the name of the function: `dagger call github` alone does nothing.
//
// +cache="never"
func (g *Github) Sync(ctx context.Context) (string, error) {
	return "", errors.New("github was called without its function: dagger call github gate --needs-file needs.json --event pull_request")
}

// Decide whether a change may merge, from the results of the jobs of its workflow.
//
// Each [[job]] of pipeline.toml must have passed, or was skipped on an event and for files for which its skip allows that.
// The gate is closed by every other result, also by one that it does not know, and by a job without a [[job]] that did not
// pass. A job that was skipped because a job that it needs did not pass closes the gate too.
//
//	dagger call github gate --needs "$NEEDS" --event pull_request --changed "$CHANGED"
//	dagger call github gate --needs-file needs.json --event merge_group
//
// +cache="never"
func (g *Github) Gate(
	ctx context.Context,
	// The JSON of the needs context, ${{ toJSON(needs) }}.
	// +optional
	needs string,
	// A file with that JSON, instead of --needs.
	// +optional
	needsFile *dagger.File,
	// The event of the workflow, ${{ github.event_name }}.
	event string,
	// The changed files as git diff --name-only --no-renames prints them. Without them, no job may be skipped for its paths.
	// +optional
	changed string,
	// A file with that output, instead of --changed.
	// +optional
	changedFile *dagger.File,
) (string, error) {
	r, err := g.Pipeline.load(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	text, err := workflow.Gate(ctx, r, event, workflow.Given{Flag: "needs", Text: needs, File: needsFile}, workflow.Given{Flag: "changed", Text: changed, File: changedFile})
	return text, output.Error(err)
}
