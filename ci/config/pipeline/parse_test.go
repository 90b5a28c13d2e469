package pipeline_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

const minimal = `[app]
name = "shop"

[[stage]]
name = "staging"
config = "fly.staging.toml"
org = "acme"

[[stage]]
name = "production"
config = "fly.production.toml"
org = "acme"
machines = 2
database = { app = "shop-db", name = "shop", owner = "o", user = "u", image = "postgres:17" }
`

func parse(t *testing.T, text string) pipeline.Config {
	t.Helper()
	f, err := pipeline.Parse("pipeline.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func read(t *testing.T, text string) *pipeline.Draft {
	t.Helper()
	d, err := pipeline.Read("pipeline.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheEnvironmentsAreInTheOrderOfPromotion(t *testing.T) {
	f := parse(t, minimal)
	want := []pipeline.Stage{
		{Name: "staging", Config: "fly.staging.toml", Org: "acme", Machines: 1, First: true},
		{Name: "production", Config: "fly.production.toml", Org: "acme", Machines: 2, Before: "staging"},
	}
	if d := f.Stages[1].Database; d == nil || *d != (pipeline.Database{App: "shop-db", Name: "shop", Owner: "o", User: "u", Image: "postgres:17"}) {
		t.Errorf("the database is %v", d)
	}
	f.Stages[1].Database = nil
	if !slices.Equal(f.Stages, want) {
		t.Errorf("got %+v", f.Stages)
	}
	if f.First().Name != "staging" || len(f.Configs()) != 2 {
		t.Errorf("the first is %q, the configs are %v", f.First().Name, f.Configs())
	}
	if a := f.App; a.Name != "shop" || a.Context != "." || a.Dockerfile != "Dockerfile" || a.Target != "" || len(a.Args) > 0 || a.Has("dockerfile") {
		t.Errorf("the app of defaults is %+v", a)
	}
}

func TestTheNumberOfMachinesMayBeStatedByGroup(t *testing.T) {
	d := read(t, strings.Replace(minimal, "machines = 2", "machines = { web = 3, worker = 1 }", 1))
	groups := []string{"web", "worker"}
	if got := d.Count(d.Stages()[1], groups); len(got) != 2 || got["web"] != 3 || got["worker"] != 1 {
		t.Errorf("got %v", got)
	}
	if got := d.Count(d.Stages()[0], groups); got != nil {
		t.Errorf("staging states no number by group, got %v", got)
	}
	if _, err := d.Config(); err != nil {
		t.Error(err)
	}
	d.Count(d.Stages()[1], []string{"web", "wroker"})
	_, err := d.Config()
	if want := `unknown process group "worker", did you mean "wroker"?; fly.production.toml has web, wroker`; err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "pipeline.toml:") {
		t.Errorf("got %v", err)
	}
}

func TestAnInvalidPipelineTomlIsRefusedWithTheLine(t *testing.T) {
	for reason, c := range map[string]struct{ add, want string }{
		"an unknown key":             {"sectet = 1\n", `pipeline.toml:1: sectet: unknown key, did you mean "secret"?`},
		"an unknown key in a stage":  {"[[stage]]\nname = \"x\"\nconfig = \"x\"\norg = \"x\"\nmachine = 3\n", `:5: stage[0].machine: unknown key, did you mean "machines"?`},
		"a stage twice":              {stage("production"), `:14: stage[2].name: environment "production" is already on line 1`},
		"no config":                  {"[[stage]]\nname = \"x\"\norg = \"x\"\n", `:1: stage[0]: config is missing: its fly.toml`},
		"no org":                     {"[[stage]]\nname = \"x\"\nconfig = \"x\"\n", `:1: stage[0]: org is missing`},
		"no name":                    {"[[stage]]\norg = \"x\"\nconfig = \"x\"\n", `:1: stage[0]: name is missing`},
		"an empty name":              {stage(""), `:2: stage[0].name: must not be empty`},
		"a name of two words":        {stage("big one"), `:2: stage[0].name: "big one" must be lower-case`},
		"a name of previews":         {stage("pr-7"), `:2: stage[0].name: "pr-7" is reserved for previews`},
		"no machine in a group":      {stage("x") + "machines = { web = 0 }\n", `machines.web: must be at least 1`},
		"machines in words":          {stage("x") + "machines = \"two\"\n", `machines: must be a whole number`},
		"no machine":                 {stage("x") + "machines = 0\n", `:5: stage[0].machines: must be at least 1`},
		"a config elsewhere":         {"[[stage]]\nname = \"x\"\norg = \"x\"\nconfig = \"../fly.toml\"\n", `:4: stage[0].config: "../fly.toml" must be a path below`},
		"an absolute config":         {"[[stage]]\nname = \"x\"\norg = \"x\"\nconfig = \"/fly.toml\"\n", `must be a path below the folder of pipeline.toml`},
		"half a database":            {stage("x") + "database = { app = \"d\", image = \"postgres:17\" }\n", `:5: stage[0].database: name is missing`},
		"a database of another type": {stage("x") + "database = \"d\"\n", `:5: stage[0].database: must be a table, not text`},
		"an unknown kind":            {"[[secret]]\nname = \"A\"\nfor = \"relaese\"\n", `:3: secret[0].for: unknown kind "relaese", did you mean "release"?; the kinds are pipeline, build, release, app`},
		"a secret without a kind":    {"[[secret]]\nname = \"A\"\n", `:1: secret[0]: for is missing`},
		"a secret without a name":    {"[[secret]]\nfor = \"app\"\n", `:1: secret[0]: name is missing, or prefix`},
		"a name and a prefix":        {"[[secret]]\nname = \"A\"\nprefix = \"B\"\nfor = \"app\"\n", `:3: secret[0].prefix: a secret has a name or a prefix`},
		"a build secret by prefix":   {"[[secret]]\nprefix = \"NPM_\"\nfor = \"build\"\n", `:2: secret[0].prefix: a secret of the build needs its name`},
		"a secret twice":             {"[[secret]]\nname = \"A\"\nfor = \"app\"\n[[secret]]\nname = \"A\"\nfor = \"release\"\n", `:4: secret[1]: A is declared on line 1 already`},
		"a name no shell can hold":   {"[[secret]]\nname = \"A-B\"\nfor = \"app\"\n", `:2: secret[0].name: "A-B" must be letters`},
		"an empty prefix":            {"[[secret]]\nprefix = \"\"\nfor = \"app\"\n", `:1: secret[0]: name is empty`},
		"the reserved name":          {"[[secret]]\nname = \"PIPELINE_STAGE\"\nfor = \"app\"\n", `:2: secret[0].name: PIPELINE_STAGE is reserved`},
		"a preview of production":    {"[preview]\nconfig = \"fly.production.toml\"\norg = \"x\"\n", `:2: preview.config: environment "production" already uses fly.production.toml`},
		"strict of another type":     {"strict = \"yes\"\n", `:1: strict: must be true or false, not text`},
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := pipeline.Parse("pipeline.toml", []byte(c.add+minimal))
			var problems tomlfile.Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nwant %s", err, c.want)
			}
		})
	}
}

// stage returns four lines, so that text appended to them begins on the fifth.
func stage(name string) string {
	return "[[stage]]\nname = \"" + name + "\"\nconfig = \"fly.x.toml\"\norg = \"acme\"\n"
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	_, err := pipeline.Parse("pipeline.toml", []byte(`[app]
nam = "shop"
max_size_mb = -1
version_path = "version"
[[stage]]
name = "staging"
config = "fly.toml"
org = "acme"
[[stage]]
name = "staging"
config = "fly.toml"
org = 7
`))
	want := `pipeline.toml:1: app: name is missing: the app's name in titles
pipeline.toml:2: app.nam: unknown key, did you mean "name"?
pipeline.toml:3: app.max_size_mb: must not be negative
pipeline.toml:4: app.version_path: must begin with /
pipeline.toml:10: stage[1].name: environment "staging" is already on line 5: choose another name
pipeline.toml:11: stage[1].config: environment "staging" on line 5 already uses fly.toml, so both would be one app: name another file
pipeline.toml:12: stage[1].org: must be text in quotes, not a whole number`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestAnEmptyFileIsRefusedWithTheMissingTables(t *testing.T) {
	_, err := pipeline.Parse("pipeline.toml", nil)
	want := `pipeline.toml:1: [[stage]] is missing: add one for each environment
pipeline.toml:1: [app] is missing: add it, with the name of the app`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

// FuzzParse requires that every config without an error has a first environment and a kind for each secret.
func FuzzParse(f *testing.F) {
	f.Add([]byte(minimal))
	f.Add([]byte("[[secret]]\nname = \"A\"\nfor = \"app\"\n[preview]\n" + minimal))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := pipeline.Parse("pipeline.toml", text)
		if err != nil {
			return
		}
		if !got.First().First || got.First().Before != "" {
			t.Fatalf("the first is %+v", got.First())
		}
		for _, r := range got.Secrets {
			if !slices.Contains(secret.Kinds(), r.For) || (r.Name == "") == (r.Prefix == "") {
				t.Fatalf("a secret is %+v", r)
			}
		}
	})
}

func TestAnInvalidBuildIsRefusedWithTheLine(t *testing.T) {
	_, err := pipeline.Parse("pipeline.toml", []byte("[app]\nname = \"x\"\nbuild_target = \"y\"\nbuild_args = { A = 1 }\n"+stage("dev")))
	for _, want := range []string{":3: app.build_target: write target instead", ":4: app.build_args.A: must be text in quotes, not a whole number"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
