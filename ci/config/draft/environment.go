package draft

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/flytoml"
)

// An environment is a fly.toml with the name that its file or its app suggests.
type environment struct {
	name, why string
	rank      int
	file      string
	fly       flytoml.Config
	text      string
}

// environments has the environments in the order of promotion, the previews' template, and the files left out.
type environments struct {
	list    []environment
	preview *environment
	left    []leftOut
	org     string
	orgWhy  string
}

type leftOut struct{ file, why string }

// known has the words for an environment, with its place in the order of promotion and its usual name.
var known = map[string]struct {
	rank int
	name string
}{
	"dev": {1, "development"}, "develop": {1, "development"}, "development": {1, "development"},
	"test": {2, "test"}, "testing": {2, "test"}, "qa": {2, "qa"}, "integration": {2, "integration"},
	"stage": {3, "staging"}, "staging": {3, "staging"}, "stag": {3, "staging"}, "stg": {3, "staging"}, "uat": {3, "uat"}, "preprod": {3, "preprod"},
	"demo": {4, "demo"}, "sandbox": {4, "sandbox"}, "beta": {4, "beta"},
	"prod": {5, "production"}, "production": {5, "production"}, "prd": {5, "production"}, "live": {5, "production"},
	"preview": {0, previewName}, "pr": {0, previewName}, "review": {0, previewName},
}

const previewName = "preview"

var flyName = regexp.MustCompile(`^fly(?:[._-](.+))?\.toml$`)

// flyFiles returns the fly.toml files of the app, all of one folder, or one each of folders named as environments.
func (r repository) flyFiles() ([]string, error) {
	byFolder := map[string][]string{}
	var folders []string
	for _, name := range r.sorted() {
		if flyName.MatchString(path.Base(name)) {
			dir := path.Dir(name)
			if byFolder[dir] == nil {
				folders = append(folders, dir)
			}
			byFolder[dir] = append(byFolder[dir], name)
		}
	}
	named := func(dir string) bool { return known[strings.ToLower(path.Base(dir))].name != "" }
	switch {
	case len(folders) == 0:
		return nil, errors.New("no fly.toml was found: pipeline.toml is drafted from the fly.toml files of a repository. Write one for each environment (fly launch --no-deploy), as fly.staging.toml and fly.production.toml, then run init again")
	case byFolder["."] != nil:
		return byFolder["."], nil
	case len(folders) == 1:
		return byFolder[folders[0]], nil
	case !slices.ContainsFunc(folders, func(dir string) bool { return !named(dir) || len(byFolder[dir]) > 1 }):
		var files []string
		for _, dir := range folders {
			files = append(files, byFolder[dir]...)
		}
		return files, nil
	}
	return nil, fmt.Errorf("fly.toml files were found in %s: pipeline.toml states one app. Run init for each app: init --source %s", strings.Join(folders, ", "), folders[0])
}

// environments reads the fly.toml files. A file that flytoml.Parse refuses is an error, with every problem of all files.
func (r repository) environments() (environments, error) {
	var all environments
	files, err := r.flyFiles()
	if err != nil {
		return all, err
	}
	var problems []error
	for _, file := range files {
		e := environment{file: file, text: r.read(file)}
		e.fly, _, err = flytoml.Parse(file, []byte(e.text))
		problems = append(problems, err)
		e.suggest(len(files) == 1)
		all.add(e)
	}
	if err := errors.Join(problems...); err != nil {
		return all, fmt.Errorf("%w\nNothing was written: change these lines, then run init again", err)
	}
	if err := all.settle(); err != nil {
		return all, err
	}
	all.org, all.orgWhy = r.organization()
	return all, nil
}

// suggest sets the name of an environment from its file's name, its folder or its app. A file whose name tells something
// else is of another app, unless it is the only one.
func (e *environment) suggest(only bool) {
	word := strings.ToLower(flyName.FindStringSubmatch(path.Base(e.file))[1])
	unnamed := word == ""
	if unnamed {
		word = strings.ToLower(path.Base(path.Dir(e.file)))
	}
	if k, found := find(word); found {
		e.name, e.rank, e.why = known[k].name, known[k].rank, "the name of the file; any name that is not taken"
		return
	}
	if !unnamed && !only {
		return
	}
	if k, found := find(e.fly.App); found && known[k].rank > 0 {
		e.name, e.rank, e.why = known[k].name, known[k].rank, "the name of the app; any name"
		return
	}
	e.name, e.rank, e.why = "production", 5, "the fly.toml without a name of its own; any name, such as staging"
}

// find returns the last known word among the parts of a name.
func find(name string) (word string, found bool) {
	parts := strings.FieldsFunc(name, func(c rune) bool { return c == '.' || c == '-' || c == '_' })
	for _, part := range slices.Backward(parts) {
		if known[part].name != "" {
			return part, true
		}
	}
	return "", false
}

func (all *environments) add(e environment) {
	switch {
	case e.name == "":
		all.left = append(all.left, leftOut{e.file, "its name tells no environment"})
	case e.name == previewName && all.preview == nil:
		all.preview = &e
	case e.name == previewName:
		all.left = append(all.left, leftOut{e.file, "the template of previews is " + all.preview.file})
	default:
		all.list = append(all.list, e)
	}
}

// settle sorts the environments, and leaves out a second file for a name. Two environments with one app are an error.
func (all *environments) settle() error {
	if len(all.list) == 0 {
		return fmt.Errorf("%s: no file is named as an environment: rename one, such as to fly.production.toml, then run init again", all.names())
	}
	slices.SortStableFunc(all.list, func(a, b environment) int {
		return cmp.Or(a.rank-b.rank, strings.Compare(a.name, b.name), bare(a.file)-bare(b.file))
	})
	var kept []environment
	for _, e := range all.list {
		i := slices.IndexFunc(kept, func(k environment) bool { return k.name == e.name || k.fly.App == e.fly.App })
		switch {
		case i < 0:
			kept = append(kept, e)
		case kept[i].name != e.name && bare(kept[i].file)+bare(e.file) == 0:
			line := lineOf(e.text, "app")
			return fmt.Errorf("%s:%d: app: %q is the app of %s too, so that one deploy would replace the other: give each environment an app of its own, then run init again",
				e.file, line, e.fly.App, kept[i].file)
		case bare(kept[i].file) == 1 && kept[i].name != e.name:
			all.left = append(all.left, leftOut{kept[i].file, "its app is that of " + e.file})
			kept[i] = e
		default:
			all.left = append(all.left, leftOut{e.file, "environment " + kept[i].name + " has " + kept[i].file})
		}
	}
	all.list = kept
	return nil
}

// bare is 1 for a fly.toml without the name of an environment, which comes after a file that has one.
func bare(file string) int {
	if path.Base(file) == "fly.toml" {
		return 1
	}
	return 0
}

func (all environments) names() string {
	var names []string
	for _, l := range all.left {
		names = append(names, l.file)
	}
	if all.preview != nil {
		names = append(names, all.preview.file)
	}
	return strings.Join(names, ", ")
}

var orgFlag = regexp.MustCompile(`(?:--org|-o)[ =]+["']?([a-z0-9][a-z0-9-]*)`)

// organization returns the organization that a workflow names, or the one that everybody has on Fly.
func (r repository) organization() (name, why string) {
	for _, file := range r.workflows() {
		text := r.read(file)
		for row := range strings.Lines(text) {
			if m := orgFlag.FindStringSubmatch(row); m != nil && strings.Contains(row, "fly") {
				return m[1], fmt.Sprintf("%s:%d; fly orgs list prints yours", file, lineOf(text, row))
			}
		}
	}
	return "personal", "the organization that everybody has on Fly; fly orgs list prints yours"
}

func (r repository) workflows() []string {
	return slices.DeleteFunc(slices.Clone(r.sorted()), func(name string) bool { return path.Dir(name) != ".github/workflows" })
}

func (all environments) write(t *text) {
	t.line("\n# The environments in the order of promotion. Only the first gets a new build.")
	for i, e := range all.list {
		if i > 0 {
			t.line("")
		}
		t.line("[[stage]]")
		t.guess("%s", e.why)
		t.set("name", e.name)
		t.set("config", e.file)
		all.writeOrg(t)
		n, why := machines(e.fly)
		t.guess("%s %s; how many each process group that serves gets on its first deploy", why, e.file)
		t.set("machines", n)
	}
	for _, l := range all.left {
		t.guess("%s is left out, because %s. For an environment, add a [[stage]] with its config", l.file, l.why)
	}
	if all.preview != nil {
		t.table("[preview]")
		t.guess("the template of an app for each pull request, from the name of the file")
		t.set("config", all.preview.file)
		all.writeOrg(t)
	}
}

func (all environments) writeOrg(t *text) {
	t.guess("%s", all.orgWhy)
	t.set("org", all.org)
}

// machines returns the largest min_machines_running of an app's services, and at least 1, and where it is from.
func machines(c flytoml.Config) (n int, why string) {
	n, why = 1, "one, because there is no min_machines_running above 0 in"
	for _, group := range c.Groups() {
		if m, err := c.Machine(group); err == nil {
			for _, s := range m.Services {
				if s.MinMachinesRunning != nil && *s.MinMachinesRunning > 0 {
					n, why = max(n, *s.MinMachinesRunning), "min_machines_running in"
				}
			}
		}
	}
	return n, why
}

// port returns the first internal port of an app's services; 8080 without one.
func (e environment) port() int {
	for _, group := range e.fly.Groups() {
		if m, err := e.fly.Machine(group); err == nil && len(m.Services) > 0 {
			return m.Services[0].InternalPort
		}
	}
	return 8080
}

// variables returns the names that the fly.toml files set in [env].
func (all environments) variables() map[string]bool {
	names := map[string]bool{}
	for _, e := range all.list {
		for _, group := range e.fly.Groups() {
			if m, err := e.fly.Machine(group); err == nil {
				for name := range m.Env {
					names[name] = true
				}
			}
		}
	}
	return names
}
