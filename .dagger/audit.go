package main

import (
	"context"
	"fmt"
	"path"
	"slices"
	"time"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/scan/scanner"
)

// Ask the package registry what it knows of the packages in the lockfiles, by npm audit or bun audit.
//
// +check
// +cache="never"
func (p *Pipeline) Audit(
	ctx context.Context,
	// Ask anew, even if nothing changed.
	// +optional
	again bool,
) (string, error) {
	report, _, err := p.scanned(ctx, "audit", wish{again: again}, "audit")
	if err != nil {
		return "", told(err)
	}
	return passing(report, forms["text"])
}

func (p *Pipeline) audit(ctx context.Context, f pipeline.Config, newest finder) (scan, error) {
	lockfiles, err := p.lockfiles(ctx, f)
	if err != nil {
		return scan{}, err
	}
	asked := time.Now().UTC().Truncate(f.Scan.AskedEvery).Format(time.RFC3339)
	if p.Advisories != nil { // it has the same advisories as a database, which says when they change
		database, err := newest(ctx)
		if err != nil {
			return scan{}, err
		}
		asked = database.Digest
	}
	s := scan{
		Scanner: scanner.Audit(f.App.Context, lockfiles, f.Scan.Timeout),
		inputs:  p.below(f, scanner.AuditFiles(lockfiles)),
		pins:    map[string]string{"image": nodeImage, "advisories of": asked},
	}
	s.ready = func(ctx context.Context) (*dagger.Container, error) {
		c := tool(nodeImage)
		if slices.ContainsFunc(lockfiles, func(name string) bool { return path.Base(name) == "bun.lock" }) {
			c = c.WithFile("/usr/local/bin/bun", tool(bunImage).File("/usr/local/bin/bun"))
		}
		return p.asking(ctx, c.WithEnvVariable("ADVISORIES_OF", asked).WithDirectory(scanFolder, s.inputs.Directory(f.App.Context)))
	}
	return s, nil
}

// lockfiles are those that pipeline.toml names, or all that have an audit.
func (p *Pipeline) lockfiles(ctx context.Context, f pipeline.Config) ([]string, error) {
	var found []string
	for _, name := range pipeline.Audited {
		list, err := p.Source.Directory(f.App.Context).Glob(ctx, "**/"+name)
		if err != nil {
			return nil, fmt.Errorf("look for lockfiles: %w", err)
		}
		found = append(found, list...)
	}
	return scanner.Audited(found, f.Scan.Lockfiles)
}
