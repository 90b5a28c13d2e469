package scanner

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/scan"
)

// lockfileNames are the lockfiles that Trivy reads, and the files that it needs beside them.
var lockfileNames = []string{
	"bun.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "package.json",
	"go.mod", "go.sum", "Cargo.lock", "composer.lock", "Gemfile.lock", "mix.lock",
	"poetry.lock", "uv.lock", "Pipfile.lock", "requirements.txt", "pom.xml", "gradle.lockfile",
}

// Lockfiles are patterns of the files that Trivy reads: those of pipeline.toml, or all lockfiles that Trivy knows.
func Lockfiles(named []string) []string {
	if len(named) > 0 {
		return AuditFiles(named)
	}
	patterns := make([]string, len(lockfileNames))
	for i, name := range lockfileNames {
		patterns[i] = "**/" + name
	}
	return patterns
}

// Audited are the lockfiles with an audit, in order. An audit of no lockfile is an error: it would pass without a look.
func Audited(found, named []string) ([]string, error) {
	if len(named) > 0 {
		found = nil
		for _, name := range named {
			if slices.Contains(scan.Audited, path.Base(name)) {
				found = append(found, name)
			}
		}
	}
	if len(found) == 0 {
		return nil, errors.New("the app's context has no " + strings.Join(scan.Audited, " or ") + " to audit: if the app needs none, write `lockfiles = []` in [scan]")
	}
	slices.Sort(found)
	return found, nil
}

// AuditFiles are lockfiles, with the files that an audit reads beside each.
func AuditFiles(lockfiles []string) []string {
	var files []string
	for _, file := range lockfiles {
		for _, name := range []string{path.Base(file), "package.json", "bunfig.toml", ".npmrc"} {
			files = append(files, path.Join(path.Dir(file), name))
		}
	}
	return files
}
