package main

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// Check the sources' style, with the check lint of pipeline.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Lint(
	ctx context.Context,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.alone(ctx, "lint", wish{again: again})
}

// Check the sources' types, with the check typecheck of pipeline.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Typecheck(
	ctx context.Context,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.alone(ctx, "typecheck", wish{again: again})
}

// Run the tests that need nothing but the sources, with the check unit of pipeline.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Unit(
	ctx context.Context,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	return p.alone(ctx, "unit", wish{again: again})
}

// Return what a step left, whether it passed or not: verdict.json, logs, test reports, coverage.
//
//	dagger call results --name unit -o results
//
// +cache="never"
func (p *Pipeline) Results(
	ctx context.Context,
	// The step, as the table of ci names it.
	name string,
	// The repository's .git, whole, for the scanner that reads it.
	// +defaultPath="/"
	// +ignore=["**", "!.git", "!.git/**"]
	history *dagger.Directory,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
	// For compatibility: the image before this one, by digest, or none. Left out, the last stage says it.
	// +optional
	previous string,
	// For end-to-end: share the journeys among so many browsers.
	// +default=1
	shards int,
) (*dagger.Directory, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return nil, told(err)
	}
	a := wish{again: again, previous: previous, shards: shards, history: history}
	s, err := p.made(ctx, f, name, a)
	if err != nil {
		return nil, told(err)
	}
	results, _, err := p.run(ctx, f, s, a)
	if err != nil && results != nil { // it ran, but left what nobody can read: that is what to look at
		return results.WithNewFile("not-run.txt", told(err).Error()+"\n"), nil
	}
	return results, told(err)
}

// stated is the step of a [[check]].
func (p *Pipeline) stated(f pipeline.Config, c pipeline.Check) step {
	s := step{Check: c, Pins: map[string]string{}, Inputs: p.below(f, c.Files)}
	if c.Image == "" && f.Toolbox.Image == "" {
		s.Inputs = s.Inputs.WithDirectory(".", p.stageFiles(f, f.Toolbox.Files))
	} else {
		s.Pins["image"] = where(f, c)
	}
	s.Ready = func(ctx context.Context) (*dagger.Container, error) {
		ready, err := p.ready(ctx, f, c)
		if err != nil {
			return nil, fmt.Errorf("make %s ready: %w", where(f, c), err)
		}
		return ready, nil
	}
	return s
}

// below are files of the app's context, all of them when none are named, where the repository has them.
func (p *Pipeline) below(f pipeline.Config, files []string) *dagger.Directory {
	sources := p.Source.Directory(f.App.Context)
	if len(files) > 0 {
		sources = sources.Filter(dagger.DirectoryFilterOpts{Include: files})
	}
	return dag.Directory().WithDirectory(f.App.Context, sources)
}

// ready is the container of a check, with the files it reads. As root, so that any tool may write anywhere.
func (p *Pipeline) ready(ctx context.Context, f pipeline.Config, c pipeline.Check) (*dagger.Container, error) {
	tools, err := p.tools(f, c).WithUser("root").Sync(ctx)
	if err != nil {
		return nil, err
	}
	at, err := tools.Workdir(ctx)
	if err != nil {
		return nil, err
	}
	if at == "" || at == "/" {
		at = "/src"
	}
	return withVariables(tools, c.Env).WithWorkdir(at).WithDirectory(at, p.below(f, c.Files).Directory(f.App.Context)), nil
}

// tools is the image a check runs in: its own, or the toolbox.
func (p *Pipeline) tools(f pipeline.Config, c pipeline.Check) *dagger.Container {
	switch {
	case c.Image != "":
		return dag.Container(dagger.ContainerOpts{Platform: platform}).From(c.Image)
	case f.Toolbox.Image != "":
		return dag.Container(dagger.ContainerOpts{Platform: platform}).From(f.Toolbox.Image)
	}
	return p.stageOf(f, f.Toolbox.Target, f.Toolbox.Files)
}

// stageFiles are what a stage of the Dockerfile is built from, where the repository has them.
func (p *Pipeline) stageFiles(f pipeline.Config, files []string) *dagger.Directory {
	if len(files) > 0 {
		files = append([]string{".dockerignore"}, files...)
	}
	return p.below(f, files).WithFile(f.App.Dockerfile, p.Source.File(f.App.Dockerfile))
}

// stageOf builds a stage of the Dockerfile from nothing but its files.
func (p *Pipeline) stageOf(f pipeline.Config, target string, files []string) *dagger.Container {
	return p.stageFiles(f, files).Directory(f.App.Context).WithFile(dockerfile, p.Source.File(f.App.Dockerfile)).
		DockerBuild(dagger.DirectoryDockerBuildOpts{Dockerfile: dockerfile, Target: target, Platform: platform})
}

// where names that image for who reads an error.
func where(f pipeline.Config, c pipeline.Check) string {
	switch {
	case c.Image != "":
		return c.Image
	case f.Toolbox.Image != "":
		return f.Toolbox.Image
	}
	return fmt.Sprintf("stage %s of %s", f.Toolbox.Target, f.App.Dockerfile)
}
