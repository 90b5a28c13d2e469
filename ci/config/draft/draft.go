// Package draft writes a first pipeline.toml from the files that a repository already has: fly.toml files, Dockerfiles,
// lockfiles, package.json, workflows and sources. Every line that is taken from such a file or assumed has a comment
// "guess", with the file, and with the choices that remain.
package draft

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/renewa/pipeline/ci/config"
)

// File is the name of the drafted file, and Example the name of the drafted example of a .env.
const (
	File    = config.File
	Example = ".env.example"
)

// Include has patterns of the files that Make reads.
var Include = []string{
	"**/*.toml", "**/*ockerfile*", "**/*ignore", "**/package.json", "**/.env.example", "**/.env.sample",
	"**/bun.lockb", "**/*-lock.json", "**/*-lock.yaml", "**/*.lock", "**/requirements.txt", "**/go.mod", "**/atlas.*", "**/*.sql",
	"**/*.js", "**/*.mjs", "**/*.cjs", "**/*.ts", "**/*.tsx", "**/*.jsx", "**/*.mts", "**/*.go", "**/*.py", "**/*.rb", "**/*.ex", "**/*.exs", "**/*.php",
	"**/*.rs", "**/*.java", "**/*.kt", "**/*.prisma",
	".github/workflows/*.yml", ".github/workflows/*.yaml",
}

// A Draft is the text of the drafted files.
type Draft struct {
	Pipeline string
	Example  string // empty when the repository has a .env.example, which stays as it is
}

// Load checks a repository as the functions of the module do.
type Load func(files config.Files) error

// drafted is a repository with the drafted pipeline.toml.
type drafted struct {
	fs.FS
	pipeline string
}

func (d drafted) Read(name string) ([]byte, error) {
	if name == File {
		return []byte(d.pipeline), nil
	}
	return fs.ReadFile(d.FS, name)
}

func (d drafted) Glob(pattern string) ([]string, error) { return fs.Glob(d.FS, pattern) }

// Make drafts the files for a repository, and checks the draft with load. The repository keeps its files: a pipeline.toml
// that exists is an error. When the repository cannot be deployed as it is, the error has each problem with file and line.
func Make(repository fs.FS, load Load) (Draft, error) {
	r, err := read(repository)
	if err != nil {
		return Draft{}, err
	}
	if r.has(File) {
		return Draft{}, errors.New("pipeline.toml exists already, and init overwrites nothing: edit it, or rename it and run init again to compare both")
	}
	environments, err := r.environments()
	if err != nil {
		return Draft{}, err
	}
	draft := r.pipeline(environments)
	if err := load(drafted{repository, draft}); err != nil {
		return Draft{}, fmt.Errorf("%w\nNothing was written: change these lines, then run init again", err)
	}
	made := Draft{Pipeline: draft}
	if !r.has(Example) {
		made.Example = example
	}
	return made, nil
}

const example = `# The target of a bare dagger call in this folder. Copy this file to .env, which is never committed.
# It refers to secrets and tokens (env://, file://) and holds no values.
PIPELINE_SOURCE=.
PIPELINE_GIT=.
PIPELINE_TOKEN=env://FLY_API_TOKEN
# guess: where the values of the secrets of pipeline.toml are; dotenv or JSON, from a file, a variable or a vault.
PIPELINE_SECRETS=file://secrets.json
`

// pipeline returns the text of pipeline.toml.
func (r repository) pipeline(all environments) string {
	t := &text{}
	t.line("# Drafted by init. Read each line with \"guess\", correct it, and delete the comment.")
	t.line("# Unknown keys are refused. Regions and app names are in the fly.toml files.")
	build := r.build(all)
	build.write(t, all)
	r.migrations(t, all, build)
	r.checks(t, build)
	r.scan(t, build)
	all.write(t)
	r.secrets(t, all)
	if r.has(Example) {
		t.line("")
		t.line("# %s exists and stays as it is. For calls without flags, add to .env:", Example)
		for row := range strings.Lines(example) {
			if !strings.HasPrefix(row, "#") {
				t.line("# %s", strings.TrimSpace(row))
			}
		}
	}
	return t.String()
}
