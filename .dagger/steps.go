package main

import (
	"context"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/gate"
)

// List the steps of ci without running any: what each depends on, and a key that stays the same as long as none
// of that changes.
//
// +cache="never"
func (p *Pipeline) Steps(
	ctx context.Context,
	// The repository's .git, whole, for the scanner that reads it.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (string, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return "", told(err)
	}
	var list gate.Listing
	for _, m := range p.makers(f, wish{history: history}) {
		s, err := m.make(ctx)
		list = append(list, dependence(ctx, m.name, s, err))
	}
	return append(list, dependence(ctx, pipeline.ImageStep, p.imageInputs(f), nil)).String(), nil
}

// dependence asks for the digest of what a step reads.
func dependence(ctx context.Context, name string, s step, err error) gate.Dependence {
	d := gate.Dependence{Check: s.Check, Pins: s.Pins}
	d.Check.Name = name
	var files []string
	if err == nil && s.Inputs != nil {
		d.Files, err = s.Inputs.Digest(ctx)
	}
	if err == nil && s.Inputs != nil {
		files, err = s.Inputs.Glob(ctx, "**/*")
	}
	if err != nil {
		d.Gap = told(err).Error()
	}
	d.Count = len(files)
	return d
}
