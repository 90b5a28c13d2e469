package repository_test

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/config/tomlfile"
	"github.com/renewa/pipeline/ci/repository"
)

const minimal = `[app]
name = "shop"

[[stage]]
name = "staging"
config = "fly.staging.toml"
org = "acme"
`

// alone is a repository of nothing but a pipeline.toml and every fly.toml that it names.
type alone string

func (a alone) Read(name string) ([]byte, error) {
	switch {
	case name == "pipeline.toml":
		return []byte(a), nil
	case strings.HasPrefix(name, "fly."):
		return []byte("app = \"" + strings.ReplaceAll(name, ".", "-") + "\"\n"), nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (alone) Glob(string) ([]string, error) { return nil, nil }

func load(text string) (repository.Configuration, error) {
	c, _, err := repository.Load(alone(text))
	return c, err
}

func loaded(t *testing.T, text string) repository.Configuration {
	t.Helper()
	c, err := load(text)
	require.NoError(t, err)
	return c
}

// own is this repository.
type own struct{}

func (own) Read(name string) ([]byte, error)      { return os.ReadFile(path.Join("../..", name)) }
func (own) Glob(pattern string) ([]string, error) { return nil, errors.ErrUnsupported }

func TestThePipelineTomlOfThisRepositoryIsRead(t *testing.T) {
	f, warnings, err := repository.Load(own{})
	require.NoError(t, err)
	require.Empty(t, warnings)
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

func TestAnInvalidTableIsRefusedWithTheLine(t *testing.T) {
	for reason, c := range map[string]struct{ add, want string }{
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
		"a trial on no port":         {withTrial + "port = 0\n", `:4: trial.port: must be from 1 to 65535`},
		"an unknown key in a trial":  {withTrial + "databse_url = \"D\"\n", `:4: trial.databse_url: unknown key, did you mean "database_url"?`},
		"images that cannot be run":  {"[compatibility]\n", `:1: compatibility: [trial] is missing`},
		"migrations beside an image": {withTrial + "[compatibility]\nmigrations = \"migrations\"\n", `:5: compatibility.migrations: "migrations" must begin with /`},
		"migrations of no stage":     {withTrial + "[migrations]\n", `:4: migrations: target is missing`},
		"migrations on nothing":      {"[migrations]\ntarget = \"m\"\n", `:1: migrations: [trial] is missing`},
		"migrations of no rows":      {withTrial + "[migrations]\ntarget = \"m\"\nrows = 0\n", `:6: migrations.rows: must be at least 1`},
		"a lock that is none":        {withTrial + "[migrations]\ntarget = \"m\"\nmax_lock = \"some\"\n", `:6: migrations.max_lock: unknown lock mode "some": use AccessShare, `},
		"names that match nothing":   {withTrial + "[migrations]\ntarget = \"m\"\nnaming = \"(\"\n", `:6: migrations.naming: error parsing regexp`},
		"a wait of no time":          {withTrial + "[migrations]\ntarget = \"m\"\nmax_blocked = \"2\"\n", `:6: migrations.max_blocked: "2" is not a time above 0`},
		"a check named migrations":   {"[[check]]\nname = \"migrations\"\nimage = \"x\"\nrun = [\"x\"]\n", `:2: check[0].name: "migrations" is reserved for the step of [migrations]`},
		"a suite without a count":    {withTrial + "[end_to_end]\n", `:4: end_to_end: junit is missing`},
		"a suite without an app":     {"[end_to_end]\njunit = [\"x\"]\n", `:1: end_to_end: [trial] is missing`},
		"a suite that runs nothing":  {withTrial + "[end_to_end]\njunit = [\"x\"]\nrun = \"\"\n", `:6: end_to_end.run: must be the command that runs the tests`},
		"a suite elsewhere":          {withTrial + "[end_to_end]\njunit = [\"x\"]\ndir = \"../x\"\n", `:6: end_to_end.dir: "../x" must be a path below`},
		"a check of a suite's name":  {"[[check]]\nname = \"end-to-end\"\nimage = \"x\"\nrun = [\"x\"]\n", `:2: check[0].name: "end-to-end" is reserved for the step of [end_to_end]`},
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := load(c.add + minimal)
			var problems tomlfile.Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nwant %s", err, c.want)
			}
		})
	}
}

// withTrial has three lines, so that text appended to it begins on the fourth.
const withTrial = "[trial]\npostgres = \"postgres:17\"\ndatabase_url = \"D\"\n"

const lint = "[[check]]\nname = \"lint\"\nimage = \"x\"\nrun = [\"x\"]\n"
