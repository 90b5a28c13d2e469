package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/check"
	"github.com/renewa/pipeline/ci/fleet"
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
	return p.alone(ctx, "lint", again)
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
	return p.alone(ctx, "typecheck", again)
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
	return p.alone(ctx, "unit", again)
}

// Return what a check left, whether it passed or not: verdict.json, logs, test reports, coverage.
//
//	dagger call results --name unit -o results
//
// +cache="never"
func (p *Pipeline) Results(
	ctx context.Context,
	// The check, as pipeline.toml names it.
	name string,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (*dagger.Directory, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return nil, told(err)
	}
	c, err := f.CheckNamed(name)
	if err != nil {
		return nil, told(err)
	}
	results, _, err := p.check(ctx, f, c, again)
	return results, told(err)
}

// alone runs one check for a person, who reads its verdict.
func (p *Pipeline) alone(ctx context.Context, name string, again bool) (string, error) {
	f, err := p.fleet(ctx)
	if err != nil {
		return "", told(err)
	}
	c, err := f.CheckNamed(name)
	if err != nil {
		return "", told(err)
	}
	_, verdict, err := p.check(ctx, f, c, again)
	if err != nil {
		return "", told(err)
	}
	if verdict.Status != check.Passed {
		return "", errors.New(verdict.String())
	}
	return verdict.String(), nil
}

// check runs a check to its end and reads its verdict, which is the error of nobody yet.
func (p *Pipeline) check(ctx context.Context, f fleet.Fleet, c fleet.Check, again bool) (*dagger.Directory, check.Verdict, error) {
	ran, err := p.ready(ctx, f, c)
	if err == nil {
		if again {
			ran = ran.WithEnvVariable("AGAIN", strconv.FormatInt(time.Now().UnixNano(), 10))
		}
		ran, err = ran.WithNewFile(check.Program, check.Script).WithExec(check.Args(c)).Sync(ctx)
	}
	if err != nil {
		return nil, check.Verdict{}, fmt.Errorf("check %s could not run in %s: %w\nto run it alone: %s", c.Name, where(f, c), err, check.Alone(c.Name))
	}
	here, err := os.MkdirTemp("", c.Name)
	if err != nil {
		return nil, check.Verdict{}, err
	}
	results := ran.Directory(check.Folder)
	if _, err := results.Export(ctx, here); err != nil {
		return nil, check.Verdict{}, fmt.Errorf("take the results of check %s: %w", c.Name, err)
	}
	verdict, err := check.Read(os.DirFS(here), c)
	return results.WithNewFile("verdict.json", verdict.JSON()), verdict, err
}

// ready is the container of a check, with the files it reads. As root, so that any tool may write anywhere.
func (p *Pipeline) ready(ctx context.Context, f fleet.Fleet, c fleet.Check) (*dagger.Container, error) {
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
	sources := p.Source.Directory(f.App.Context)
	if len(c.Files) > 0 {
		sources = sources.Filter(dagger.DirectoryFilterOpts{Include: c.Files})
	}
	for name, value := range c.Env {
		tools = tools.WithEnvVariable(name, value)
	}
	return tools.WithWorkdir(at).WithDirectory(at, sources), nil
}

// tools is the image a check runs in: its own, or the toolbox.
func (p *Pipeline) tools(f fleet.Fleet, c fleet.Check) *dagger.Container {
	switch {
	case c.Image != "":
		return dag.Container(dagger.ContainerOpts{Platform: platform}).From(c.Image)
	case f.Toolbox.Image != "":
		return dag.Container(dagger.ContainerOpts{Platform: platform}).From(f.Toolbox.Image)
	}
	inputs := p.Source.Directory(f.App.Context)
	if len(f.Toolbox.Files) > 0 {
		inputs = inputs.Filter(dagger.DirectoryFilterOpts{Include: f.Toolbox.Files})
	}
	return inputs.WithFile(dockerfile, p.Source.File(f.App.Dockerfile)).
		DockerBuild(dagger.DirectoryDockerBuildOpts{Dockerfile: dockerfile, Target: f.Toolbox.Target, Platform: platform})
}

// where names that image for who reads an error.
func where(f fleet.Fleet, c fleet.Check) string {
	switch {
	case c.Image != "":
		return c.Image
	case f.Toolbox.Image != "":
		return f.Toolbox.Image
	}
	return fmt.Sprintf("stage %s of %s", f.Toolbox.Target, f.App.Dockerfile)
}
