package scan

import (
	"context"
	"time"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	settings "github.com/renewa/pipeline/ci/scan"
	"github.com/renewa/pipeline/ci/scan/scanner"
)

func (s Scanners) audit(ctx context.Context, newest finder) (scan, error) {
	lockfiles, err := s.auditedLockfiles(ctx)
	if err != nil {
		return scan{}, err
	}
	asked := scanner.AskedAt(time.Now(), s.Scan.AskedEvery)
	if s.Advisories != nil { // the server has the same advisories as a database, whose digest changes with them
		database, err := newest(ctx)
		if err != nil {
			return scan{}, err
		}
		asked = database.Digest
	}
	c := scan{
		Scanner: scanner.Audit(s.App.Context, lockfiles, s.Scan.Timeout),
		inputs:  s.Below(scanner.AuditFiles(lockfiles)),
		pins:    map[string]string{"image": container.Node, "advisories of": asked},
	}
	c.ready = func(ctx context.Context) (*dagger.Container, error) {
		node := tool(container.Node)
		if scanner.NeedsBun(lockfiles) {
			node = node.WithFile("/usr/local/bin/bun", tool(container.Bun).File("/usr/local/bin/bun"))
		}
		return s.withAdvisories(ctx, node.WithEnvVariable("ADVISORIES_OF", asked).WithDirectory(folder, c.inputs.Directory(s.App.Context)))
	}
	return c, nil
}

// auditedLockfiles returns those that pipeline.toml names, or all that have an audit.
func (s Scanners) auditedLockfiles(ctx context.Context) ([]string, error) {
	found, err := s.Lockfiles(ctx, settings.Audited)
	if err != nil {
		return nil, err
	}
	return scanner.Audited(found, s.Scan.Lockfiles)
}
