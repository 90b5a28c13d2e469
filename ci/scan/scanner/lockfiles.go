package scanner

import (
	"errors"
	"path"
	"slices"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// lockfileNames are those that Trivy reads, with what it needs beside them.
var lockfileNames = []string{
	"bun.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "package.json",
	"go.mod", "go.sum", "Cargo.lock", "composer.lock", "Gemfile.lock", "mix.lock",
	"poetry.lock", "uv.lock", "Pipfile.lock", "requirements.txt", "pom.xml", "gradle.lockfile",
}

// Lockfiles are patterns of the files that Trivy looks packages up from: those that are named, or all that it
// knows.
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

// Audited are the lockfiles that there is an audit for, in order. When none is there, an audit that found
// nothing would say more than it knows.
func Audited(found, named []string) ([]string, error) {
	if len(named) > 0 {
		found = nil
		for _, name := range named {
			if slices.Contains(pipeline.Audited, path.Base(name)) {
				found = append(found, name)
			}
		}
	}
	if len(found) == 0 {
		return nil, errors.New("there is no bun.lock and no package-lock.json below the app's context, so there is nothing to ask about: `lockfiles = []` in [scan] says that the app has none")
	}
	slices.Sort(found)
	return found, nil
}

// AuditFiles are lockfiles with what an audit reads beside each.
func AuditFiles(lockfiles []string) []string {
	var files []string
	for _, file := range lockfiles {
		for _, name := range []string{path.Base(file), "package.json", "bunfig.toml", ".npmrc"} {
			files = append(files, path.Join(path.Dir(file), name))
		}
	}
	return files
}
