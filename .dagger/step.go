package main

import (
	"context"
	"errors"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/step"
	"dagger/pipeline/verify"

	"github.com/renewa/pipeline/ci/output"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// Step lists what a change must pass, and returns the files of one step.
type Step struct {
	// +private
	Pipeline *Pipeline
}

// List the steps of ci, or return the files of one step: list, results, bundle.
//
//	dagger call step list
//	dagger call step results --name unit -o results
//
// +cache="never"
func (p *Pipeline) Step() *Step { return &Step{Pipeline: p} }

// Fail, with the names of the functions: `dagger call step` alone does nothing.
//
// +cache="never"
func (s *Step) Sync(ctx context.Context) (string, error) {
	return "", errors.New("step was called without one of its functions: dagger call step list, dagger call step results --name unit -o results, or dagger call step bundle --name unit -o bundle")
}

// List the steps of ci without running any.
//
// Each step has the files and versions that it depends on, and a key that changes only when one of them changes.
//
//	dagger call step list
//	dagger call step list --format json
//
// +cache="never"
func (s *Step) List(
	ctx context.Context,
	// The output format: text or json.
	// +default="text"
	format string,
) (string, error) {
	r, err := s.Pipeline.load(ctx)
	if err != nil {
		return "", output.Error(err)
	}
	list := step.List(ctx, append(s.Pipeline.makers(r, step.Options{}), verify.ImageMaker(r)))
	text, err := list.In(format)
	return text, output.Error(err)
}

// Return the files that a step wrote, even if it failed: verdict.json, logs, test reports.
//
//	dagger call step results --name unit -o results
//
// +cache="never"
func (s *Step) Results(
	ctx context.Context,
	// The step: image, lint, unit, ...
	name string,
	// Run the step again even if nothing changed.
	// +optional
	again bool,
	// For compatibility: the previous image by digest, or the word none. Default: the image
	// that the last environment runs.
	// +optional
	previous string,
	// For end-to-end: split the tests over N browsers in parallel (1 or more).
	// +default=1
	shards int,
) (*dagger.Directory, error) {
	p := s.Pipeline
	r, err := p.load(ctx)
	if err == nil {
		err = steps.CheckShards(shards)
	}
	if err != nil {
		return nil, output.Error(err)
	}
	makers := append(p.makers(r, step.Options{Again: again, Previous: previous, Shards: shards}), verify.ImageMaker(r))
	found, err := step.Find(ctx, makers, name)
	if err != nil {
		return nil, output.Error(err)
	}
	results, _, err := found.Run(ctx, again)
	if err != nil && results != nil { // the step left results that cannot be read: they are what to look at
		return results.WithNewFile("not-run.txt", output.Error(err).Error()+"\n"), nil
	}
	return results, output.Error(err)
}

// Return what it takes to reproduce a step on another machine.
//
// The bundle has the files that the step reads, and bundle.json with the step's arguments, image digests and tool
// versions, and with the command that runs the step there.
//
//	dagger call step bundle --name unit -o bundle
//
// +cache="never"
func (s *Step) Bundle(
	ctx context.Context,
	// The step: image, lint, unit, ...
	name string,
) (*dagger.Directory, error) {
	r, err := s.Pipeline.load(ctx)
	if err != nil {
		return nil, output.Error(err)
	}
	found, err := step.Find(ctx, append(s.Pipeline.makers(r, step.Options{}), verify.ImageMaker(r)), name)
	if err != nil {
		return nil, output.Error(err)
	}
	files, err := found.Bundle(ctx, r)
	return files, output.Error(err)
}
