package pipeline_test

import (
	"errors"
	"os"
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
	if want := (pipeline.App{Name: "shop", Context: ".", Dockerfile: "Dockerfile"}); f.App != want {
		t.Errorf("the app of defaults is %+v, want %+v", f.App, want)
	}
}

func TestTheNumberOfMachinesMayBeStatedByGroup(t *testing.T) {
	f := parse(t, strings.Replace(minimal, "machines = 2", "machines = { web = 3, worker = 1 }", 1))
	groups := []string{"web", "worker"}
	if got, err := f.Count(f.Stages[1], groups); err != nil || len(got) != 2 || got["web"] != 3 || got["worker"] != 1 {
		t.Errorf("got %v, %v", got, err)
	}
	if got, err := f.Count(f.Stages[0], groups); err != nil || got != nil {
		t.Errorf("staging states no number by group, got %v, %v", got, err)
	}
	_, err := f.Count(f.Stages[1], []string{"web", "wroker"})
	if want := `unknown process group "worker", did you mean "wroker"?; fly.production.toml has web, wroker`; err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "pipeline.toml:") {
		t.Errorf("got %v", err)
	}
}

func TestThePipelineTomlOfThisRepositoryIsRead(t *testing.T) {
	text, err := os.ReadFile("../../../pipeline.toml")
	if err != nil {
		t.Fatal(err)
	}
	f := parse(t, string(text))
	if got := f.Names(); !slices.Equal(got, []string{"development", "staging", "production"}) {
		t.Errorf("the stages are %v", got)
	}
	var required []string
	for _, r := range f.Secrets {
		if r.Required {
			required = append(required, r.String())
		}
	}
	if want := []string{"DATABASE_URL_MIGRATION", "DATABASE_URL", "JWT_SECRET", "ENCRYPTION_MASTER_KEY"}; !slices.Equal(required, want) {
		t.Errorf("required are %v, want %v", required, want)
	}
	if !slices.Contains(f.Secrets, secret.Requirement{Prefix: "TIGRIS_", For: secret.App}) {
		t.Errorf("the secrets are %v", f.Secrets)
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
		"an unknown kind":            {"[[secret]]\nname = \"A\"\nfor = \"relaese\"\n", `:3: secret[0].for: unknown kind "relaese", did you mean "release"?; the kinds are pipeline, release, app`},
		"a secret without a kind":    {"[[secret]]\nname = \"A\"\n", `:1: secret[0]: for is missing`},
		"a secret without a name":    {"[[secret]]\nfor = \"app\"\n", `:1: secret[0]: name is missing, or prefix`},
		"a name and a prefix":        {"[[secret]]\nname = \"A\"\nprefix = \"B\"\nfor = \"app\"\n", `:3: secret[0].prefix: a secret has a name or a prefix`},
		"a secret twice":             {"[[secret]]\nname = \"A\"\nfor = \"app\"\n[[secret]]\nname = \"A\"\nfor = \"release\"\n", `:4: secret[1]: A is declared on line 1 already`},
		"a name no shell can hold":   {"[[secret]]\nname = \"A-B\"\nfor = \"app\"\n", `:2: secret[0].name: "A-B" must be letters`},
		"an empty prefix":            {"[[secret]]\nprefix = \"\"\nfor = \"app\"\n", `:1: secret[0]: name is empty`},
		"the reserved name":          {"[[secret]]\nname = \"PIPELINE_STAGE\"\nfor = \"app\"\n", `:2: secret[0].name: PIPELINE_STAGE is reserved`},
		"a preview of production":    {"[preview]\nconfig = \"fly.production.toml\"\norg = \"x\"\n", `:2: preview.config: environment "production" already uses fly.production.toml`},
		"a check without a tool":     {"[[check]]\nname = \"lint\"\nrun = [\"x\"]\n", `:1: check[0]: image is missing, and pipeline.toml has no [toolbox] to run the check in`},
		"a check without a name":     {"[[check]]\nimage = \"x\"\nrun = [\"x\"]\n", `:1: check[0]: name is missing`},
		"a check that runs nothing":  {"[[check]]\nname = \"lint\"\nimage = \"x\"\n", `:1: check[0]: run is missing`},
		"a check of no command":      {"[[check]]\nname = \"lint\"\nimage = \"x\"\nrun = []\n", `:4: check[0].run: must be a list of commands`},
		"a check twice":              {lint + lint, `:6: check[1].name: check "lint" is already on line 1`},
		"a check of a step's name":   {"[[check]]\nname = \"image\"\nimage = \"x\"\nrun = [\"x\"]\n", `:2: check[0].name: "image" is reserved for the step that builds the image`},
		"an unknown key in a check":  {lint + "comand = 1\n", `:5: check[0].comand: unknown key; known here: env, files, image, junit, name, reports, run, says, timeout`},
		"a timeout of no time":       {lint + "timeout = \"0s\"\n", `:5: check[0].timeout: "0s" is not a time of a second or more`},
		"a check's file elsewhere":   {lint + "files = [\"../x\"]\n", `:5: check[0].files: "../x" must be a path below the app's context`},
		"a toolbox of nothing":       {"[toolbox]\n", `:1: toolbox: must have target (a stage of the Dockerfile) or image`},
		"a toolbox of both":          {"[toolbox]\nimage = \"x\"\ntarget = \"deps\"\n", `:1: toolbox: must have target (a stage of the Dockerfile) or image`},
		"a toolbox built from files": {"[toolbox]\nimage = \"x\"\nfiles = [\"y\"]\n", `:3: toolbox.files: belongs to target`},
		"a trial without a database": {"[trial]\nport = 80\n", `:1: trial: database_url is missing`},
		"a trial of no Postgres":     {"[trial]\ndatabase_url = \"D\"\n", `:1: trial: postgres is missing`},
		"a trial on no port":         {trial + "port = 0\n", `:4: trial.port: must be from 1 to 65535`},
		"an unknown key in a trial":  {trial + "databse_url = \"D\"\n", `:4: trial.databse_url: unknown key, did you mean "database_url"?`},
		"images that cannot be run":  {"[compatibility]\n", `:1: compatibility: [trial] is missing`},
		"migrations beside an image": {trial + "[compatibility]\nmigrations = \"migrations\"\n", `:5: compatibility.migrations: "migrations" must begin with /`},
		"migrations of no stage":     {trial + "[migrations]\n", `:4: migrations: target is missing`},
		"migrations on nothing":      {"[migrations]\ntarget = \"m\"\n", `:1: migrations: [trial] is missing`},
		"migrations of no rows":      {trial + "[migrations]\ntarget = \"m\"\nrows = 0\n", `:6: migrations.rows: must be at least 1`},
		"a lock that is none":        {trial + "[migrations]\ntarget = \"m\"\nmax_lock = \"some\"\n", `:6: migrations.max_lock: unknown lock mode "some": use AccessShare, `},
		"names that match nothing":   {trial + "[migrations]\ntarget = \"m\"\nnaming = \"(\"\n", `:6: migrations.naming: error parsing regexp`},
		"a wait of no time":          {trial + "[migrations]\ntarget = \"m\"\nmax_blocked = \"2\"\n", `:6: migrations.max_blocked: "2" is not a time above 0`},
		"a check named migrations":   {"[[check]]\nname = \"migrations\"\nimage = \"x\"\nrun = [\"x\"]\n", `:2: check[0].name: "migrations" is reserved for the step of [migrations]`},
		"a suite without a count":    {trial + "[end_to_end]\n", `:4: end_to_end: junit is missing`},
		"a suite without an app":     {"[end_to_end]\njunit = [\"x\"]\n", `:1: end_to_end: [trial] is missing`},
		"a suite that runs nothing":  {trial + "[end_to_end]\njunit = [\"x\"]\nrun = \"\"\n", `:6: end_to_end.run: must be the command that runs the tests`},
		"a suite elsewhere":          {trial + "[end_to_end]\njunit = [\"x\"]\ndir = \"../x\"\n", `:6: end_to_end.dir: "../x" must be a path below`},
		"a check of a suite's name":  {"[[check]]\nname = \"end-to-end\"\nimage = \"x\"\nrun = [\"x\"]\n", `:2: check[0].name: "end-to-end" is reserved for the step of [end_to_end]`},
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

// trial has three lines, so that text appended to it begins on the fourth.
const trial = "[trial]\npostgres = \"postgres:17\"\ndatabase_url = \"D\"\n"

const lint = "[[check]]\nname = \"lint\"\nimage = \"x\"\nrun = [\"x\"]\n"
