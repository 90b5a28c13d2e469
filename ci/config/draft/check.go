package draft

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A toolbox is where checks run: an image, and the command that installs the dependencies.
type toolbox struct {
	image, why string
	install    string
	run        string // runs a script of package.json
}

// managers has the lockfiles of package.json's package managers, with what installs and runs.
var managers = []struct{ lockfile, base, image, install, run string }{
	{"bun.lock", "bun", "oven/bun:1-debian", "bun install --frozen-lockfile", "bun run "},
	{"bun.lockb", "bun", "oven/bun:1-debian", "bun install --frozen-lockfile", "bun run "},
	{"pnpm-lock.yaml", "node", "node:24", "corepack enable && pnpm install --frozen-lockfile", "pnpm run "},
	{"yarn.lock", "node", "node:24", "corepack enable && yarn install --frozen-lockfile", "yarn run "},
	{"package-lock.json", "node", "node:24", "npm ci", "npm run "},
}

// scripts has the names of steps with the scripts of package.json that do their work, the first that exists.
var scripts = []struct {
	step  string
	names []string
}{
	{"lint", []string{"lint", "lint:check", "eslint"}},
	{"typecheck", []string{"typecheck", "type-check", "check-types", "check:types", "tsc"}},
	{"unit", []string{"test:unit", "unit", "test"}},
}

// placeholder is what npm init writes as the test script.
const placeholder = "no test specified"

// checks writes [toolbox] and [[check]] for package.json or go.mod in the context.
func (r repository) checks(t *text, b build) {
	if file := r.first(b.context, "package.json"); file != "" && r.packageChecks(t, b, file) {
		return
	}
	if file := r.first(b.context, "go.mod"); file != "" {
		r.goChecks(t, b, file)
		return
	}
	t.line("\n# guess: no checks, because %s has neither a package.json with a lockfile and a script lint, typecheck or test, nor a go.mod.", literal(b.context))
	t.line("# A check is a [[check]] with name, image and run.")
}

// packageChecks writes a check for each script of package.json that is known, and reports whether there was one.
func (r repository) packageChecks(t *text, b build, file string) bool {
	var manifest struct{ Scripts map[string]string }
	box, found := r.packageToolbox(b)
	if !found || json.Unmarshal([]byte(r.read(file)), &manifest) != nil {
		return false
	}
	began := false
	for _, s := range scripts {
		i := slices.IndexFunc(s.names, func(name string) bool {
			script := manifest.Scripts[name]
			return script != "" && !strings.Contains(script, placeholder)
		})
		if i < 0 {
			continue
		}
		if !began {
			box.write(t)
		}
		began = true
		writeCheck(t, s.step, fmt.Sprintf("the script %s of %s:%d", s.names[i], file, lineOf(r.read(file), literal(s.names[i]))), box.install+" && "+box.run+s.names[i])
		t.line(`env = { CI = "1" }`)
	}
	return began
}

func (r repository) packageToolbox(b build) (toolbox, bool) {
	for _, m := range managers {
		file := r.first(b.context, m.lockfile)
		if file == "" {
			continue
		}
		box := toolbox{image: m.image, why: file + "; another image, or target for a stage of the Dockerfile that has the dependencies", install: m.install, run: m.run}
		if f, found := b.baseOf(m.base); found {
			box.image, box.why = f.image, fmt.Sprintf("%s:%d; another image, or target for a stage that has the dependencies", b.dockerfile, f.line)
		}
		return box, true
	}
	return toolbox{}, false
}

var goVersion = regexp.MustCompile(`(?m)^go (\d+\.\d+)`)

func (r repository) goChecks(t *text, b build, file string) {
	box := toolbox{image: "golang:1", why: file + "; another image, or target for a stage of the Dockerfile"}
	if m := goVersion.FindStringSubmatch(r.read(file)); m != nil {
		box.image = "golang:" + m[1]
	}
	if f, found := b.baseOf("golang"); found {
		box.image, box.why = f.image, fmt.Sprintf("%s:%d; another image, or target for a stage", b.dockerfile, f.line)
	}
	box.write(t)
	writeCheck(t, "lint", file, "go vet ./...")
	writeCheck(t, "unit", file, "go test ./...")
}

func (box toolbox) write(t *text) {
	t.line("\n# What a change must pass: dagger call ci.")
	t.line("[toolbox]")
	t.guess("%s", box.why)
	t.set("image", box.image)
}

func writeCheck(t *text, name, why, run string) {
	t.table("[[check]]")
	t.guess("%s", why)
	t.set("name", name)
	t.set("run", []string{run})
}

// locks are the lockfiles that Trivy reads.
var locks = []string{
	"bun.lock", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "go.mod", "Cargo.lock", "composer.lock", "Gemfile.lock", "mix.lock",
	"poetry.lock", "uv.lock", "Pipfile.lock", "requirements.txt",
}

// scan writes [scan] with the lockfiles below the context, so that no scanner looks for one that does not exist.
func (r repository) scan(t *text, b build) {
	files := []string{}
	for _, name := range r.sorted() {
		if file, ok := below(b.context, name); ok && slices.Contains(locks, path.Base(name)) {
			files = append(files, file)
		}
	}
	t.table("[scan]")
	t.guess("findings of this severity fail; unknown, low, medium, high or critical")
	t.set("threshold", "high")
	t.guess("the lockfiles below %s", literal(b.context))
	t.set("lockfiles", files)
}
