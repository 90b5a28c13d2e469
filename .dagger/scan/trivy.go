package scan

import (
	"context"
	"path"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"
	"dagger/pipeline/verify"

	"github.com/renewa/pipeline/ci/scan/scanner"
	steps "github.com/renewa/pipeline/ci/verify/step"
)

func (s Scanners) trivyImage(ctx context.Context, newest finder) (scan, error) {
	look, database, err := s.lookup(ctx, newest)
	c := trivyScan(scanner.TrivyImage(s.App.Dockerfile, look), look)
	c.inputs = s.Inputs()
	c.ready = func(ctx context.Context) (*dagger.Container, error) {
		image := s.Image().AsTarball(dagger.ContainerAsTarballOpts{ForcedCompression: dagger.ImageLayerCompressionUncompressed})
		return database(ctx, trivyTool().WithMountedFile(path.Join(folder, scanner.ImageFile), image))
	}
	return c, err
}

func (s Scanners) trivyLockfiles(ctx context.Context, newest finder) (scan, error) {
	look, database, err := s.lookup(ctx, newest)
	c := trivyScan(scanner.TrivyLockfiles(s.App.Context, look), look)
	read := steps.Check{Files: scanner.Lockfiles(s.Scan.Lockfiles)}
	c.inputs = s.Below(read.Files)
	installed := scanner.ReadsInstalled(*s.Scan, s.Toolbox)
	if installed {
		c.inputs = c.inputs.WithDirectory(".", s.StageFiles(s.Toolbox.Files))
	}
	c.ready = func(ctx context.Context) (*dagger.Container, error) {
		packages := c.inputs.Directory(s.App.Context)
		if installed { // a package's licence is in the package, where the toolbox put it beside its lockfile
			toolbox, err := verify.Toolbox(ctx, s.Repository, read)
			if err != nil {
				return nil, err
			}
			at, err := toolbox.Workdir(ctx)
			if err != nil {
				return nil, err
			}
			packages = toolbox.Directory(at)
		}
		return database(ctx, trivyTool().WithMountedDirectory(path.Join(folder, scanner.LockfilesFolder), packages))
	}
	return c, err
}

func (s Scanners) trivyConfig() scan {
	c := trivyScan(scanner.TrivyConfig(s.App.Dockerfile, s.Scan.Timeout), scanner.Lookup{})
	dockerfile := s.Whole.File(s.App.Dockerfile)
	configs := s.Whole.Filter(dagger.DirectoryFilterOpts{Include: s.Configs()})
	c.inputs = configs.WithFile(s.App.Dockerfile, dockerfile)
	c.ready = func(context.Context) (*dagger.Container, error) {
		files := dag.Directory().WithFile("Dockerfile", dockerfile).WithDirectory(scanner.FlyFolder, configs)
		return trivyTool().WithMountedDirectory(path.Join(folder, scanner.ConfigFolder), files), nil
	}
	return c
}

func trivyScan(s scanner.Scanner, look scanner.Lookup) scan {
	pins := map[string]string{"image": container.Trivy}
	if look.Digest != "" {
		pins["vulnerability database"] = look.Digest
	}
	return scan{Scanner: s, pins: pins}
}

func trivyTool() *dagger.Container {
	return tool(container.Trivy).
		WithEnvVariable("TRIVY_DISABLE_TELEMETRY", "true").
		WithEnvVariable("TRIVY_SKIP_VERSION_CHECK", "true").
		WithEnvVariable("TRIVY_CACHE_DIR", scanner.CacheFolder)
}

// lookup finds the newest database, and returns what lays it into a container. The container downloads a database
// whose digest is new.
func (s Scanners) lookup(ctx context.Context, newest finder) (scanner.Lookup, func(context.Context, *dagger.Container) (*dagger.Container, error), error) {
	database, err := newest(ctx)
	look := scanner.Lookup{Digest: database.Digest, Sample: database.Sample, Denied: s.Scan.Denied, Timeout: s.Scan.Timeout}
	return look, func(ctx context.Context, c *dagger.Container) (*dagger.Container, error) {
		from, err := s.withAdvisories(ctx, trivyTool())
		if err != nil {
			return nil, err
		}
		downloaded := from.WithExec([]string{"sh", "-c", scanner.Download(container.TrivyDatabase, database.Digest)}).Directory(scanner.CacheFolder + "/db")
		return c.WithMountedDirectory(scanner.CacheFolder+"/db", downloaded), nil
	}, err
}
