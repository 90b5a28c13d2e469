// Package build has what the image is built from, as pipeline.toml and the fly.toml of the first environment state it
// together.
package build

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// File is the name that the Dockerfile has during a build, in the folder of the context. No repository has a file of
// that name, so the Dockerfile of another folder replaces none.
const File = ".pipeline.Dockerfile"

// IgnoreFile keeps File, and IgnoreFile itself, out of the files that COPY reads.
const (
	IgnoreFile = File + ".dockerignore"
	IgnoreText = File + "\n" + IgnoreFile + "\n"
)

// A Build has the inputs of the image's build. Load makes it.
type Build struct {
	Context    string // the folder that is the build's context; "." is the whole repository
	Dockerfile string
	Target     string // the stage to build; empty: the last
	Args       map[string]string
	Secrets    []secret.Requirement // of the kind secret.Build
	Ignored    []string             // patterns of files in the context that are not sent to the build
	Stages     []string             // of the Dockerfile, in its order; a stage without a name has its number

	refused error // the reason that nothing can be built; nil: a Dockerfile can
}

// Load merges what pipeline.toml and a fly.toml state, and reads the Dockerfile and its .dockerignore. The error is a
// tomlfile.Problems with all problems at once. A repository without a Dockerfile is no error: its image may be built
// elsewhere. The function read returns a file of the repository; its error matches fs.ErrNotExist when there is none.
func Load(app pipeline.App, secrets []secret.Requirement, fly flytoml.Build, read func(string) ([]byte, error)) (Build, []flytoml.Warning, error) {
	m := merger{app: app, fly: fly, read: read}
	b := Build{Context: m.app.Context, Dockerfile: m.dockerfile(), Target: m.target(), Args: m.args()}
	for _, r := range secrets {
		if r.For == secret.Build {
			b.Secrets = append(b.Secrets, r)
		}
	}
	if err := m.problems.Sorted().OrNil(); err != nil {
		return b, nil, err
	}
	var err error
	if b.Ignored, err = m.ignored(b); err != nil {
		return b, nil, err
	}
	text, err := read(b.Dockerfile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		b.refused = &MissingError{Dockerfile: b.Dockerfile}
	case err != nil:
		return b, nil, fmt.Errorf("read %s: %w", b.Dockerfile, err)
	default:
		b.Stages = Stages(string(text))
		m.checkTarget(b)
	}
	if len(fly.Elsewhere) > 0 {
		b.refused = &ElsewhereError{fly.Elsewhere}
	}
	return b, m.warnings, m.problems.Sorted().OrNil()
}

// Check returns the reason that no image can be built from this repository, or nil.
func (b Build) Check() error { return b.refused }

// WithTarget returns a copy that builds another stage; an empty name changes nothing.
func (b Build) WithTarget(name string) (Build, error) {
	if name == "" || b.refused != nil {
		return b, b.refused
	}
	b.Target = name
	if !b.hasTarget() {
		return b, fmt.Errorf("build stage %q: %s", name, b.noTarget())
	}
	return b, nil
}

// TakesSecrets reports whether pipeline.toml declares a secret for the build.
func (b Build) TakesSecrets() bool { return len(b.Secrets) > 0 }

// Values returns the secrets of a build out of an environment's secrets, or a *secret.MissingError.
func (b Build) Values(given secret.Set) (secret.Set, error) {
	return given.For(b.Secrets, secret.Build), given.CheckBuild(b.Secrets)
}

// Pins returns the inputs of a build that are not files, by name. A secret is there with its name and without its value.
func (b Build) Pins() map[string]string {
	pins := map[string]string{}
	if b.Target != "" {
		pins["build target"] = b.Target
	}
	for name, value := range b.Args {
		pins["build arg "+name] = strconv.Quote(value)
	}
	for _, r := range b.Secrets {
		pins["build secret "+r.Name] = "by its name"
	}
	return pins
}

// String returns the pins, one a line, in the same order each time.
func (b Build) String() string {
	var lines []string
	for name, value := range b.Pins() {
		lines = append(lines, fmt.Sprintf("%s: %s", name, value))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// hasTarget reports whether the Dockerfile has the stage to build. As for docker build, the case of the name does not
// matter, and a number is the position of a stage.
func (b Build) hasTarget() bool {
	n, err := strconv.Atoi(b.Target)
	return b.Target == "" || err == nil && n >= 0 && n < len(b.Stages) ||
		slices.ContainsFunc(b.Stages, func(s string) bool { return strings.EqualFold(s, b.Target) })
}

func (b Build) noTarget() string {
	return fmt.Sprintf("%s has no stage of that name%s; its stages are %s", b.Dockerfile, spelling.DidYouMean(b.Target, b.Stages), strings.Join(b.Stages, ", "))
}

// A merger collects the problems of a build.
type merger struct {
	app      pipeline.App
	fly      flytoml.Build
	read     func(string) ([]byte, error)
	problems tomlfile.Problems
	warnings []flytoml.Warning
}

// same returns the value that one of the two files states. Two different values are a problem.
func (m *merger) same(key, flyKey, ours, theirs string) string {
	switch {
	case !m.fly.Has(flyKey):
		return ours
	case m.app.Has(key) && ours != theirs:
		there := m.app.Problem(key, "")
		m.problems = append(m.problems, m.fly.Problem(flyKey, fmt.Sprintf("%q, but line %d of %s states %q: keep one of the two", theirs, there.Line, there.File, ours)))
		return ours
	}
	return theirs
}

func (m *merger) dockerfile() string {
	file := m.same("dockerfile", "dockerfile", m.app.Dockerfile, m.fly.Dockerfile)
	m.checkPath("dockerfile", m.fly.Dockerfile)
	m.checkPath("ignorefile", m.fly.Ignorefile)
	return path.Clean(file)
}

// checkPath refuses a path of a fly.toml that is no file of the repository.
func (m *merger) checkPath(key, file string) {
	switch {
	case strings.Contains(file, "://"):
		m.problems = append(m.problems, m.fly.Problem(key, "a URL is not supported, because its content can change: put the file into the repository"))
	case path.IsAbs(file) || file == ".." || strings.HasPrefix(file, "../"):
		m.problems = append(m.problems, m.fly.Problem(key, fmt.Sprintf("%q is not a file of the repository", file)))
	}
}

func (m *merger) target() string {
	return m.same("target", "build-target", m.app.Target, m.fly.Target)
}

func (m *merger) checkTarget(b Build) {
	if b.hasTarget() {
		return
	}
	problem := m.app.Problem("target", b.noTarget())
	if !m.app.Has("target") {
		problem = m.fly.Problem("build-target", b.noTarget())
	}
	m.problems = append(m.problems, problem)
}

// args returns the build args of both files.
func (m *merger) args() map[string]string {
	all := maps.Clone(m.fly.Args)
	if all == nil {
		all = map[string]string{}
	}
	for name, value := range m.app.Args {
		all[name] = m.same("build_args."+name, "args."+name, value, m.fly.Args[name])
	}
	for name := range all {
		if !isArg(name) && m.app.Has("build_args."+name) {
			m.problems = append(m.problems, m.app.Problem("build_args."+name, badArg))
		} else if !isArg(name) {
			m.problems = append(m.problems, m.fly.Problem("args."+name, badArg))
		}
	}
	return all
}

const badArg = "the name of a build arg must be letters, digits and _, not beginning with a digit"

func isArg(name string) bool {
	for i, c := range name {
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}
