package main

import (
	"context"
	"path"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/scan/scanner"
)

// Look up the packages of the image and of the lockfiles in Trivy's vulnerability database, and look at how the
// image is built and run: Dockerfile and fly.*.toml.
//
// +check
// +cache="never"
func (p *Pipeline) Trivy(
	ctx context.Context,
	// Run it anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	report, _, err := p.scanned(ctx, "trivy", wish{again: again}, "trivy-image", "trivy-lockfiles", "trivy-config")
	if err != nil {
		return "", told(err)
	}
	return passing(report, forms["text"])
}

func (p *Pipeline) trivyImage(ctx context.Context, f pipeline.Config, newest finder) (scan, error) {
	look, database, err := p.lookup(ctx, f, newest)
	s := p.trivyScan(scanner.TrivyImage(f.App.Dockerfile, look), look)
	s.inputs = p.imageInputs(f).Inputs
	s.ready = func(ctx context.Context) (*dagger.Container, error) {
		image := p.build(f).AsTarball(dagger.ContainerAsTarballOpts{ForcedCompression: dagger.ImageLayerCompressionUncompressed})
		return database(ctx, p.trivyTool().WithMountedFile(path.Join(scanFolder, scanner.ImageFile), image))
	}
	return s, err
}

func (p *Pipeline) trivyLockfiles(ctx context.Context, f pipeline.Config, newest finder) (scan, error) {
	look, database, err := p.lookup(ctx, f, newest)
	s := p.trivyScan(scanner.TrivyLockfiles(f.App.Context, look), look)
	read := pipeline.Check{Files: scanner.Lockfiles(f.Scan.Lockfiles)}
	s.inputs = p.below(f, read.Files)
	installed := len(f.Scan.Denied) > 0 && f.Toolbox != nil && f.Toolbox.Target != ""
	if installed {
		s.inputs = s.inputs.WithDirectory(".", p.stageFiles(f, f.Toolbox.Files))
	}
	s.ready = func(ctx context.Context) (*dagger.Container, error) {
		packages := s.inputs.Directory(f.App.Context)
		if installed { // a package's licence is in the package, where the toolbox put it beside its lockfile
			toolbox, err := p.ready(ctx, f, read)
			if err != nil {
				return nil, err
			}
			at, err := toolbox.Workdir(ctx)
			if err != nil {
				return nil, err
			}
			packages = toolbox.Directory(at)
		}
		return database(ctx, p.trivyTool().WithMountedDirectory(path.Join(scanFolder, scanner.LockfilesFolder), packages))
	}
	return s, err
}

func (p *Pipeline) trivyConfig(f pipeline.Config) scan {
	s := p.trivyScan(scanner.TrivyConfig(f.App.Dockerfile, f.Scan.Timeout), scanner.Lookup{})
	configs := p.Source.Filter(dagger.DirectoryFilterOpts{Include: f.Configs()})
	s.inputs = configs.WithFile(f.App.Dockerfile, p.Source.File(f.App.Dockerfile))
	s.ready = func(context.Context) (*dagger.Container, error) {
		files := dag.Directory().WithFile(dockerfile, p.Source.File(f.App.Dockerfile)).WithDirectory(scanner.FlyFolder, configs)
		return p.trivyTool().WithMountedDirectory(path.Join(scanFolder, scanner.ConfigFolder), files), nil
	}
	return s
}

// scanFolder is where scanners work.
const scanFolder = "/scan"

func (p *Pipeline) trivyScan(s scanner.Scanner, look scanner.Lookup) scan {
	pins := map[string]string{"image": trivyImage}
	if look.Digest != "" {
		pins["vulnerability database"] = look.Digest
	}
	return scan{Scanner: s, pins: pins}
}

func (p *Pipeline) trivyTool() *dagger.Container {
	return tool(trivyImage).
		WithEnvVariable("TRIVY_DISABLE_TELEMETRY", "true").
		WithEnvVariable("TRIVY_SKIP_VERSION_CHECK", "true").
		WithEnvVariable("TRIVY_CACHE_DIR", scanner.CacheFolder)
}

// tool is the image of a scanner. Nothing of its user, folder and entrypoint is relied on.
func tool(image string) *dagger.Container {
	return dag.Container(dagger.ContainerOpts{Platform: platform}).From(image).WithUser("root").WithWorkdir(scanFolder).WithoutEntrypoint()
}

// lookup finds the newest database, and returns what lays it into a container. It is downloaded when its
// digest is a new one.
func (p *Pipeline) lookup(ctx context.Context, f pipeline.Config, newest finder) (scanner.Lookup, func(context.Context, *dagger.Container) (*dagger.Container, error), error) {
	database, err := newest(ctx)
	look := scanner.Lookup{Digest: database.Digest, Sample: database.Sample, Denied: f.Scan.Denied, Timeout: f.Scan.Timeout}
	return look, func(ctx context.Context, c *dagger.Container) (*dagger.Container, error) {
		from, err := p.asking(ctx, p.trivyTool())
		if err != nil {
			return nil, err
		}
		downloaded := from.WithExec([]string{"sh", "-c", scanner.Download(trivyDatabase, database.Digest)}).Directory(scanner.CacheFolder + "/db")
		return c.WithMountedDirectory(scanner.CacheFolder+"/db", downloaded), nil
	}, err
}
