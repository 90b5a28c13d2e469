package draft_test

import (
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/draft"
	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/repository"
)

// check loads a repository as the functions of the module do.
func check(files config.Files) error {
	_, _, err := repository.Load(files)
	return err
}

// load drafts a repository and loads it.
func load(files fs.FS) (loaded repository.Configuration, err error) {
	_, err = draft.Make(files, func(files config.Files) error {
		loaded, _, err = repository.Load(files)
		return err
	})
	return loaded, err
}

func files(text map[string]string) fs.FS {
	all := fstest.MapFS{}
	for name, content := range text {
		all[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return all
}

func app(name string) string { return "app = \"" + name + "\"\n[http_service]\ninternal_port = 3000\n" }

func draftOf(t *testing.T, text map[string]string) string {
	t.Helper()
	made, err := draft.Make(files(text), check)
	require.NoError(t, err)
	return made.Pipeline
}

// shops are repositories that are drafted to golden files.
var shops = map[string]map[string]string{
	"node": {
		"fly.toml":                app("shop") + "min_machines_running = 2\n[env]\nMODE = \"fast\"\n",
		"fly.staging.toml":        app("shop-staging"),
		"fly.dev.toml":            app("shop-dev"),
		"fly.preview.toml":        app("shop-pr"),
		"fly.worker.toml":         app("shop-worker"),
		"Dockerfile":              "ARG NODE=22\nFROM node:${NODE}-slim AS base\nFROM base AS app\n",
		"package.json":            `{"name": "shop", "scripts": {"lint": "eslint .", "type-check": "tsc", "test": "vitest"}}`,
		"pnpm-lock.yaml":          "lockfileVersion: '9.0'\n",
		"src/db.ts":               "const url = process.env.DATABASE_URL;\nconst mode = process.env.MODE!;\nconst port = process.env.PORT ?? 3000;\n",
		"src/mail.ts":             "if (process.env.MAIL_API_KEY) send(process.env.MAIL_FROM);\nconst level = Bun.env.LEVEL || 'low';\n",
		"src/db.test.ts":          "process.env.TEST_SECRET;\n",
		"node_modules/x/i.js":     "process.env.OTHER_SECRET;\n",
		".env.example":            "DATABASE_URL=postgres://localhost/shop\nSTRIPE_SECRET_KEY=sk_test_planted\nCOLOUR=blue\n",
		".github/workflows/a.yml": "env:\n  FLY_API_TOKEN: ${{ secrets.FLY_API_TOKEN }}\n  SENTRY: ${{ secrets.SENTRY_AUTH_TOKEN }}\nrun: flyctl apps create shop --org acme\n",
	},
	"go": {
		"deploy/fly.toml":      "app = \"ledger\"\n[deploy]\nrelease_command = \"/migrate\"\n[http_service]\ninternal_port = 9000\n",
		"Dockerfile":           "FROM golang:1.26-alpine AS build\nFROM scratch AS ledger\n",
		"go.mod":               "module example.com/ledger\n\ngo 1.25.1\n",
		"main.go":              "key := os.Getenv(\"SIGNING_KEY\")\nif v := os.Getenv(\"AUDIT_TOKEN\"); v != \"\" {\n}\nos.LookupEnv(\"CACHE_SECRET\")\n",
		"migrations/atlas.sum": "h1:x\n",
		"migrations/1_a.sql":   "create table a ();\n",
	},
	"bare": {"fly.toml": "app = \"bot\"\n[build]\nimage = \"ghcr.io/example/bot:1\"\n"},
	"prisma": {
		"apps/api/fly.production.toml":       app("api-production") + "[build]\ndockerfile = \"docker/Dockerfile\"\nbuild-target = \"run\"\n",
		"apps/api/docker/Dockerfile":         "FROM node:20\nFROM scratch AS run\n",
		"apps/api/package.json":              `{"scripts": {"test": "echo \"Error: no test specified\" && exit 1"}}`,
		"apps/api/package-lock.json":         "{}",
		"apps/api/prisma/migrations/1/m.sql": "create table a ();\n",
	},
}

func TestARepositoryIsDraftedWithEveryGuessMarked(t *testing.T) {
	for name, shop := range shops {
		t.Run(name, func(t *testing.T) {
			made, err := draft.Make(files(shop), check)
			require.NoError(t, err)
			golden.Equal(t, name+".toml", made.Pipeline)
			if shop[".env.example"] == "" {
				golden.Equal(t, "env.example", made.Example)
			} else {
				require.Empty(t, made.Example, "the app's own stays")
			}
		})
	}
}

func TestTheIncludedFilesAreAllThatADraftReads(t *testing.T) {
	included := func(name string) bool {
		return slices.ContainsFunc(draft.Include, func(pattern string) bool {
			whole, _ := path.Match(pattern, name)
			last, _ := path.Match(strings.TrimPrefix(pattern, "**/"), path.Base(name))
			return whole || last && strings.HasPrefix(pattern, "**/")
		})
	}
	for _, shop := range shops {
		for name := range shop {
			require.True(t, included(name), name)
		}
	}
	for _, lockfile := range []string{"bun.lock", "bun.lockb", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "go.mod", "Cargo.lock", "uv.lock", "requirements.txt"} {
		require.True(t, included("a/"+lockfile), lockfile)
	}
}

func TestNoValueOfAVariableIsInADraft(t *testing.T) {
	got := draftOf(t, shops["node"])
	require.Contains(t, got, "STRIPE_SECRET_KEY")
	for _, value := range []string{"planted", "postgres://", "OTHER_SECRET", "TEST_SECRET", "COLOUR", `name = "MODE"`} {
		require.NotContains(t, got, value)
	}
}

func TestADraftWithoutADockerignoreWarnsOfSecretsInTheImage(t *testing.T) {
	const warning = "A .dockerignore is missing: name .env and secrets.json in one"
	shop := map[string]string{"fly.toml": app("shop"), "Dockerfile": "FROM scratch\nCOPY . .\n"}
	require.Contains(t, draftOf(t, shop), warning)
	for _, name := range []string{".dockerignore", "Dockerfile.dockerignore"} {
		with := maps.Clone(shop)
		with[name] = ".env\nsecrets.json\n"
		require.NotContains(t, draftOf(t, with), warning, name)
	}
	require.NotContains(t, draftOf(t, shops["prisma"]), warning, "the context is a folder without .env")
}

func TestEveryKeyHasAGuess(t *testing.T) {
	// The keys that no file of a repository decides.
	fixed := []string{`name = "FLY_API_TOKEN"`, `for = "`, `config = "`, "run = ", "env = ", "required = true", "database_url = ", "postgres = "}
	for name, shop := range shops {
		before := ""
		for row := range strings.Lines(draftOf(t, shop)) {
			isFixed := false
			for _, f := range fixed {
				isFixed = isFixed || strings.HasPrefix(row, f)
			}
			if strings.Contains(row, " = ") && !strings.HasPrefix(row, "#") && !isFixed && !strings.HasPrefix(before, "[[secret]]") && !strings.HasPrefix(before, "[trial]") {
				require.True(t, strings.HasPrefix(before, "# guess: "), "%s: %s has no guess before it", name, row)
			}
			before = row
		}
	}
}

func TestASecretIsRequiredWhereTheSourceHasNoDefault(t *testing.T) {
	const required, optional, absent = "required", "optional", "absent"
	for reason, c := range map[string]struct{ file, text, want string }{
		"a plain read":              {"a.ts", "connect(process.env.API_KEY)", required},
		"an asserted read":          {"a.ts", "connect(process.env.API_KEY!)", required},
		"by a name in brackets":     {"a.js", "x = process.env['API_KEY'];", required},
		"of Bun":                    {"a.ts", "x = Bun.env.API_KEY;", required},
		"a default":                 {"a.ts", "x = process.env.API_KEY ?? 'none'", optional},
		"another default":           {"a.js", "x = process.env.API_KEY || 'none'", optional},
		"a comparison":              {"a.js", "if (process.env.API_KEY === 'x') y()", optional},
		"a test":                    {"a.js", "if (process.env.API_KEY) y()", optional},
		"a negated test":            {"a.js", "if (!process.env.API_KEY) throw e", optional},
		"taken apart":               {"a.ts", "const { API_KEY, PORT } = process.env", required},
		"taken apart, renamed":      {"a.ts", "const { API_KEY: key } = process.env", required},
		"taken apart with default":  {"a.ts", "const { API_KEY = 'none' } = process.env", optional},
		"Go":                        {"a.go", "key := os.Getenv(\"API_KEY\")", required},
		"Go with a default":         {"a.go", "cmp.Or(os.Getenv(\"API_KEY\"), \"none\")", optional},
		"Go that looks":             {"a.go", "key, ok := os.LookupEnv(\"API_KEY\")", optional},
		"Go that tests":             {"a.go", "if key := os.Getenv(\"API_KEY\"); key != \"\" {", optional},
		"Python":                    {"a.py", "os.environ['API_KEY']", required},
		"Python with get":           {"a.py", "os.environ.get('API_KEY')", optional},
		"Python with getenv":        {"a.py", "os.getenv('API_KEY')", optional},
		"Ruby":                      {"a.rb", "ENV.fetch('API_KEY')", required},
		"Ruby with nil":             {"a.rb", "ENV['API_KEY']", optional},
		"Elixir":                    {"a.exs", "System.fetch_env!(\"API_KEY\")", required},
		"Elixir with nil":           {"a.exs", "System.get_env(\"API_KEY\")", optional},
		"PHP":                       {"a.php", "env('API_KEY')", optional},
		"Rust":                      {"a.rs", "env::var(\"API_KEY\")", optional},
		"Java":                      {"A.java", "System.getenv(\"API_KEY\")", optional},
		"Prisma":                    {"schema.prisma", "url = env(\"API_KEY\")", required},
		"a test's source":           {"a.test.ts", "process.env.API_KEY", absent},
		"another language's syntax": {"a.py", "process.env.API_KEY", absent},
		"a name that is no secret":  {"a.ts", "x = process.env.API_KIND ?? 'a'", absent},
		"set in fly.toml":           {"a.ts", "process.env.MAIL_KEY", absent},
		"of the platform":           {"a.ts", "process.env.FLY_APP_KEY", absent},
	} {
		loaded, err := load(files(map[string]string{"fly.toml": app("a") + "[env]\nMAIL_KEY = \"x\"\n", c.file: c.text}))
		require.NoError(t, err, reason)
		got := absent
		for _, s := range loaded.Secrets {
			if s.Name == "API_KEY" && s.Required {
				got = required
			} else if s.Name == "API_KEY" {
				got = optional
			} else {
				require.Equal(t, "FLY_API_TOKEN", s.Name, reason)
			}
		}
		require.Equal(t, c.want, got, reason)
	}
}

func TestTheContextIsTheFolderWithTheFilesThatTheDockerfileCopies(t *testing.T) {
	const lockfile = "FROM node:24\nCOPY --chown=node package.json pnpm-lock.yaml ./\nCOPY --from=deps /a /b\nCOPY . .\n"
	for reason, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"that of the fly.toml":      {map[string]string{"api/fly.toml": app("a"), "api/Dockerfile": lockfile, "api/package.json": "{}", "package.json": "{}"}, "api"},
		"the whole repository":      {map[string]string{"api/fly.toml": app("a"), "api/Dockerfile": "FROM x\nCOPY packages/ui ui\nCOPY api/src src\n", "api/src/i.js": "", "packages/ui/i.js": ""}, "."},
		"that of the Dockerfile":    {map[string]string{"fly.toml": app("a") + "[build]\ndockerfile = \"web/Dockerfile\"\n", "web/Dockerfile": lockfile, "web/package.json": "{}"}, "web"},
		"a Dockerfile at the top":   {map[string]string{"fly/fly.toml": app("a") + "[build]\ndockerfile = \"../Dockerfile\"\n", "Dockerfile": "FROM x\n"}, "."},
		"nothing is copied by name": {map[string]string{"api/fly.toml": app("a"), "api/Dockerfile": "FROM x\nCOPY . .\n"}, "api"},
	} {
		loaded, err := load(files(c.files))
		require.NoError(t, err, reason)
		require.Equal(t, c.want, loaded.Build.Context, reason)
	}
}

func TestARepositoryThatCannotBeDraftedIsRefused(t *testing.T) {
	for reason, c := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"pipeline.toml exists":         {map[string]string{"pipeline.toml": "", "fly.toml": app("a")}, []string{"pipeline.toml exists already", "overwrites nothing"}},
		"there is no fly.toml":         {map[string]string{"Dockerfile": "FROM x"}, []string{"no fly.toml was found", "fly launch --no-deploy"}},
		"a fly.toml is not valid":      {map[string]string{"fly.toml": app("a") + "min_machines_running = -1\n", "fly.dev.toml": "primary_region = \"fra\"\n"}, []string{"fly.toml:4: http_service.min_machines_running", "fly.dev.toml:1: app is missing", "Nothing was written"}},
		"two environments are one app": {map[string]string{"fly.dev.toml": app("a"), "fly.prod.toml": app("a")}, []string{`fly.prod.toml:1: app: "a" is the app of fly.dev.toml too`}},
		"there are several apps":       {map[string]string{"web/fly.toml": app("a"), "api/fly.toml": app("b")}, []string{"fly.toml files were found in api, web", "init --source api"}},
		"no name is an environment":    {map[string]string{"fly.web.toml": app("a"), "fly.api.toml": app("b")}, []string{"fly.api.toml, fly.web.toml: no file is named as an environment"}},
	} {
		t.Run(reason, func(t *testing.T) {
			made, err := draft.Make(files(c.files), check)
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
			require.Empty(t, made)
		})
	}
}

func TestEnvironmentsHaveTheNamesOfTheirFilesInTheOrderOfPromotion(t *testing.T) {
	for reason, c := range map[string]struct {
		apps map[string]string // by file
		want []string          // name and file
	}{
		"one file":                         {map[string]string{"fly.toml": "a"}, []string{"production fly.toml"}},
		"one file with an app of staging":  {map[string]string{"fly.toml": "a-staging"}, []string{"staging fly.toml"}},
		"one file of any name":             {map[string]string{"fly.web.toml": "a"}, []string{"production fly.web.toml"}},
		"three long names":                 {map[string]string{"fly.production.toml": "a", "fly.development.toml": "b", "fly.staging.toml": "c"}, []string{"development fly.development.toml", "staging fly.staging.toml", "production fly.production.toml"}},
		"short names, joined otherwise":    {map[string]string{"fly-prod.toml": "a", "fly_dev.toml": "b"}, []string{"development fly_dev.toml", "production fly-prod.toml"}},
		"fly.toml is production":           {map[string]string{"fly.toml": "a", "fly.staging.toml": "b"}, []string{"staging fly.staging.toml", "production fly.toml"}},
		"fly.toml is a copy":               {map[string]string{"fly.toml": "a", "fly.production.toml": "a", "fly.dev.toml": "b"}, []string{"development fly.dev.toml", "production fly.production.toml"}},
		"fly.toml is a copy of staging":    {map[string]string{"fly.toml": "b", "fly.production.toml": "a", "fly.staging.toml": "b"}, []string{"staging fly.staging.toml", "production fly.production.toml"}},
		"the words are parts of the names": {map[string]string{"fly.web.staging.toml": "a", "fly.web.prod.toml": "b"}, []string{"staging fly.web.staging.toml", "production fly.web.prod.toml"}},
		"a folder for each":                {map[string]string{"ops/staging/fly.toml": "a", "ops/production/fly.toml": "b"}, []string{"staging ops/staging/fly.toml", "production ops/production/fly.toml"}},
		"two of one name":                  {map[string]string{"fly.dev.toml": "a", "fly.development.toml": "b"}, []string{"development fly.dev.toml"}},
	} {
		t.Run(reason, func(t *testing.T) {
			all := map[string]string{"Dockerfile": "FROM scratch"}
			for file, name := range c.apps {
				all[file] = app(name)
			}
			loaded, err := load(files(all))
			require.NoError(t, err)
			var got []string
			for _, e := range loaded.Environments {
				got = append(got, e.Name+" "+filepath.ToSlash(e.Config))
			}
			require.Equal(t, c.want, got)
			require.Equal(t, "Dockerfile", loaded.Build.Dockerfile)
		})
	}
}
