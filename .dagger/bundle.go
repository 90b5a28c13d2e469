package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/verify/bundle"
	"github.com/renewa/pipeline/ci/verify/check"
)

// Return what it takes to reproduce a step on another machine: the files it reads, and bundle.json with its
// arguments, the digests of its images, the versions of its tools, and the one command that runs it there.
//
//	dagger call bundle --name unit -o bundle
//	cd bundle && dagger call -m MODULE --source source unit
//
// +cache="never"
func (p *Pipeline) Bundle(
	ctx context.Context,
	// The step, as the table of ci names it.
	name string,
	// The repository's .git, whole, for the scanner that reads it.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
) (*dagger.Directory, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return nil, told(err)
	}
	s, err := p.made(ctx, f, name, wish{history: history})
	if err != nil {
		return nil, told(err)
	}
	files := s.Inputs
	for _, name := range bundle.Files(f, fleetFile) {
		files = files.WithFile(name, p.Source.File(name))
	}
	b, err := p.bundled(ctx, f, s, files)
	if err != nil {
		return nil, told(err)
	}
	return dag.Directory().WithDirectory(bundle.Folder, files).WithNewFile("bundle.json", b.JSON()), nil
}

// bundled asks for the digests of a step's files and images.
func (p *Pipeline) bundled(ctx context.Context, f pipeline.Config, s step, files *dagger.Directory) (bundle.Bundle, error) {
	digest, err := files.Digest(ctx)
	if err != nil {
		return bundle.Bundle{}, err
	}
	b := bundle.New(s.Check, digest, strings.Replace(check.Alone(s.Name)+s.Flags, "dagger call", "dagger call --source "+bundle.Folder, 1))
	if whole, err := files.Exists(ctx, ".git"); err == nil && whole {
		b.Command += " --history " + bundle.Folder
	}
	if b.Engine, err = dag.Version(ctx); err != nil {
		return b, err
	}
	dockerfile, err := p.Source.File(f.App.Dockerfile).Contents(ctx)
	if err != nil {
		return b, err
	}
	images := bundle.Bases(dockerfile)
	for _, name := range slices.Sorted(maps.Keys(s.Pins)) {
		b.Pins[name] = s.Pins[name]
		if strings.HasPrefix(name, "image") {
			images = append(images, s.Pins[name])
		}
	}
	for _, name := range images {
		if b.Images[name], err = dag.Container(dagger.ContainerOpts{Platform: platform}).From(name).ImageRef(ctx); err != nil {
			b.Images[name] = "not found: " + err.Error()
		}
	}
	return b, nil
}
