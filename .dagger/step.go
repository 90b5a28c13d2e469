package main

import (
	"context"
	"errors"
	"slices"

	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/source"
	"dagger/pipeline/step"
	"dagger/pipeline/verify"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/output"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

// Run in parallel the build of the image and every step that pipeline.toml states.
//
// A change must pass them all. Ci prints one table, and fails with the report of every step that did not pass.
//
//	dagger call ci
//	dagger call ci --only lint,unit
//
// +cache="never"
func (p *Pipeline) Ci(
	ctx context.Context,
	// Run only these steps, by name.
	// +optional
	only []string,
	// The repository's whole .git: Gitleaks searches every commit for secrets.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
	// Run every step again even if nothing changed.
	// +optional
	again bool,
	// The previous image by digest, or the word none for a first release. Default: the image
	// that the last environment runs.
	// +optional
	previous string,
) (string, error) {
	r, err := p.load(ctx, history)
	if err != nil {
		return "", output.Error(err)
	}
	names, err := r.Steps(only)
	if err != nil {
		return "", output.Error(err)
	}
	answer, seconds := step.SideBySide(ctx, p.rows(r, names, step.Options{Again: again, Previous: previous}))
	text := answer.String() + answer.Took(seconds)
	if len(answer.Bad()) > 0 {
		return "", errors.New(text)
	}
	return text, nil
}

// rows returns the steps with these names, then the image.
func (p *Pipeline) rows(r source.Repository, names []string, o step.Options) []step.Row {
	var rows []step.Row
	for _, m := range p.makers(r, o) {
		if slices.Contains(names, m.Name) {
			rows = append(rows, m.Row(o.Again))
		}
	}
	if slices.Contains(names, pipeline.ImageStep) {
		rows = append(rows, func(ctx context.Context) steps.Row { return verify.ImageRow(ctx, r) })
	}
	return rows
}

// List the steps of ci without running any.
//
// Each step has the files and versions that it depends on, and a key that changes only when one of them changes.
//
// +cache="never"
func (p *Pipeline) Steps(
	ctx context.Context,
	// The repository's whole .git: Gitleaks searches every commit for secrets.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (string, error) {
	r, err := p.load(ctx, history)
	if err != nil {
		return "", output.Error(err)
	}
	var list steps.Listing
	for _, m := range append(p.makers(r, step.Options{}), verify.ImageMaker(r)) {
		list = append(list, m.Dependence(ctx))
	}
	return list.String(), nil
}

// Return the files that a step wrote, even if it failed: verdict.json, logs, test reports.
//
//	dagger call results --name unit -o results
//
// +cache="never"
func (p *Pipeline) Results(
	ctx context.Context,
	// The step: lint, unit, ...; not image, which has no results.
	name string,
	// The repository's whole .git: Gitleaks searches every commit for secrets.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
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
	r, err := p.load(ctx, history)
	if err != nil {
		return nil, output.Error(err)
	}
	s, err := step.Find(ctx, p.makers(r, step.Options{Again: again, Previous: previous, Shards: shards}), name)
	if err != nil {
		return nil, output.Error(err)
	}
	results, _, err := s.Run(ctx, again)
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
//	dagger call bundle --name unit -o bundle
//	cd bundle && dagger call -m MODULE --source source unit
//
// +cache="never"
func (p *Pipeline) Bundle(
	ctx context.Context,
	// The step: lint, unit, ...; not image, which has no results.
	name string,
	// The repository's whole .git: Gitleaks searches every commit for secrets.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (*dagger.Directory, error) {
	r, err := p.load(ctx, history)
	if err != nil {
		return nil, output.Error(err)
	}
	s, err := step.Find(ctx, p.makers(r, step.Options{}), name)
	if err != nil {
		return nil, output.Error(err)
	}
	files, err := s.Bundle(ctx, r)
	return files, output.Error(err)
}

// report runs one step for a person, who reads its verdict.
func (p *Pipeline) report(ctx context.Context, name string, o step.Options) (string, error) {
	r, err := p.load(ctx, nil)
	if err != nil {
		return "", output.Error(err)
	}
	s, err := step.Find(ctx, p.makers(r, o), name)
	if err != nil {
		return "", output.Error(err)
	}
	_, verdict, err := s.Run(ctx, o.Again)
	if err != nil {
		return "", output.Error(err)
	}
	if verdict.Status != steps.Passed {
		return "", errors.New(verdict.String())
	}
	return verdict.String(), nil
}
