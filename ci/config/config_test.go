package config_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// files is a repository in memory that counts the reads of each file.
type files struct {
	text  map[string]string
	reads map[string]int
}

func repository(text map[string]string) *files { return &files{text: text, reads: map[string]int{}} }

func (f *files) Read(name string) ([]byte, error) {
	f.reads[name]++
	text, ok := f.text[name]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

func (f *files) Glob(pattern string) (names []string, err error) {
	for name := range f.text {
		if matches, err := path.Match(pattern, name); err != nil || matches {
			names = append(names, name)
		}
	}
	return names, nil
}

func shop() map[string]string {
	return map[string]string{
		"pipeline.toml": `
[app]
name = "shop"
context = "web"
[[stage]]
name = "development"
config = "fly.development.toml"
org = "acme"
[[stage]]
name = "production"
config = "fly.production.toml"
org = "acme"
machines = { app = 3 }
`,
		"fly.development.toml": "app = \"shop-dev\"\n",
		"fly.production.toml":  "app = \"shop\"\ntypo = 1\n",
		"web/.dockerignore":    "node_modules\n",
		"Dockerfile":           "FROM scratch AS web\n",
	}
}

func TestEveryFileIsReadOnceAndEveryWarningIsReturnedOnce(t *testing.T) {
	f := repository(shop())
	c, warnings, err := config.Load(f)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"pipeline.toml": 1, "fly.development.toml": 1, "fly.production.toml": 1, "Dockerfile": 1, "Dockerfile.dockerignore": 1, "web/.dockerignore": 1}, f.reads)
	require.Len(t, warnings, 1)
	require.Contains(t, warnings[0].String(), "fly.production.toml:2")

	production, err := c.Environment("production")
	require.NoError(t, err)
	require.Equal(t, "shop", production.Fly.App)
	require.Equal(t, map[string]int{"app": 3}, production.Count)
	require.JSONEq(t, `{"app":"shop","typo":1}`, string(production.Definition))
	require.Equal(t, []string{"node_modules"}, c.Build.Ignored)
	require.Equal(t, "development", c.First().Name)
	require.Equal(t, "production", c.Last().Name)
	require.Equal(t, map[string]string{"development": "shop-dev", "production": "shop"}, c.Apps())
}

func TestAnAppNeedsNoDockerignore(t *testing.T) {
	text := shop()
	delete(text, "web/.dockerignore")
	c, _, err := config.Load(repository(text))
	require.NoError(t, err)
	require.Empty(t, c.Build.Ignored)
}

func TestTheProblemsOfAllFilesAreReportedAtOnce(t *testing.T) {
	text := shop()
	text["pipeline.toml"] = "colour = 1\n" + text["pipeline.toml"]
	text["fly.development.toml"] = "primary_region = \"fra\"\n"
	delete(text, "fly.production.toml")
	f := repository(text)
	c, _, err := config.Load(f)
	require.ErrorContains(t, err, "pipeline.toml:1: colour: unknown key")
	require.ErrorContains(t, err, "fly.development.toml")
	require.ErrorContains(t, err, "app is missing")
	require.ErrorContains(t, err, "fly.production.toml does not exist")
	require.Zero(t, c, "no half-made value is returned")
	require.Equal(t, map[string]int{"pipeline.toml": 1, "fly.development.toml": 1, "fly.production.toml": 1, "Dockerfile": 1, "Dockerfile.dockerignore": 1, "web/.dockerignore": 1}, f.reads)
}

func TestAFlyTomlThatDoesNotExistIsNamedWithTheLineAndAGuess(t *testing.T) {
	for reason, c := range map[string]struct{ config, want string }{
		"a typing error":      {"fly.prodution.toml", `pipeline.toml:11: stage[1].config: fly.prodution.toml does not exist, did you mean "fly.production.toml"?`},
		"another name":        {"fly.toml", `pipeline.toml:11: stage[1].config: fly.toml does not exist: name one that exists: fly.development.toml, fly.production.toml`},
		"a folder without it": {"deploy/fly.toml", `pipeline.toml:11: stage[1].config: deploy/fly.toml does not exist: add it, or name the fly.toml of this environment`},
	} {
		text := shop()
		text["pipeline.toml"] = strings.Replace(text["pipeline.toml"], "fly.production.toml", c.config, 1)
		_, _, err := config.Load(repository(text))
		require.EqualError(t, err, c.want, reason)
	}
}

func TestTheTemplateOfThePreviewsIsReadToo(t *testing.T) {
	text := shop()
	text["pipeline.toml"] += "[preview]\nconfig = \"fly.preview.toml\"\norg = \"acme\"\n"
	text["fly.preview.toml"] = "app = \"shop-pr\"\n"
	c, _, err := config.Load(repository(text))
	require.NoError(t, err)
	require.Equal(t, "shop-pr", c.Previews.Fly.App)
	require.Len(t, c.Environments, 2)

	text["fly.preview.toml"] = "app = \"shop\"\n"
	_, _, err = config.Load(repository(text))
	require.ErrorContains(t, err, "environment production and environment preview are both the app shop")
}

func TestATableOfAnotherPackageIsKnownOnlyToItsDecoder(t *testing.T) {
	text := shop()
	text["pipeline.toml"] += "[colours]\nroof = \"red\"\nwall = 3\n"
	_, _, err := config.Load(repository(text))
	require.ErrorContains(t, err, "pipeline.toml:14: colours: unknown table; known here: app, preview, secret, stage, strict")

	type colours struct{ roof string }
	var decoded *colours
	table := pipeline.Single("colours", &decoded, func(t *tomlfile.Table, _ pipeline.Config) colours {
		return colours{roof: pipeline.RequiredText(t, "roof", "its colour")}
	})
	_, _, err = config.Load(repository(text), table)
	require.EqualError(t, err, "pipeline.toml:16: colours.wall: unknown key; known here: roof")
	text["pipeline.toml"] = strings.Replace(text["pipeline.toml"], "wall = 3\n", "", 1)
	_, _, err = config.Load(repository(text), table)
	require.NoError(t, err)
	require.Equal(t, &colours{roof: "red"}, decoded)
}

func TestMachinesOfAnUnknownProcessGroupAreRefusedForEveryEnvironment(t *testing.T) {
	text := shop()
	text["fly.production.toml"] = "app = \"shop\"\n[processes]\nweb = \"serve\"\n"
	_, _, err := config.Load(repository(text))
	require.ErrorContains(t, err, `unknown process group "app"`)
}

func TestTwoEnvironmentsOfOneAppAreRefused(t *testing.T) {
	text := shop()
	text["fly.development.toml"] = "app = \"shop\"\n"
	_, _, err := config.Load(repository(text))
	require.ErrorContains(t, err, "one deploy would replace the other")
}

func TestAnUnknownEnvironmentNamesTheKnown(t *testing.T) {
	c, _, err := config.Load(repository(shop()))
	require.NoError(t, err)
	_, err = c.Environment("prodution")
	require.ErrorContains(t, err, "production")
}

func TestTheBuildIsWhatTheFirstEnvironmentStates(t *testing.T) {
	text := shop()
	text["images/Dockerfile"] = "FROM scratch AS shop\n"
	text["fly.development.toml"] += "[build]\ndockerfile = \"images/Dockerfile\"\nbuild-target = \"shop\"\n[build.args]\nA = \"1\"\nB = \"2\"\n"
	text["fly.production.toml"] = "app = \"shop\"\n[build]\ndockerfile = \"images/Dockerfile\"\n[build.args]\nB = \"3\"\n"
	c, warnings, err := config.Load(repository(text))
	require.NoError(t, err)
	require.Equal(t, "images/Dockerfile", c.App.Dockerfile)
	require.Equal(t, "shop", c.App.Target)
	require.Equal(t, map[string]string{"A": "1", "B": "2"}, c.App.Args)
	require.Len(t, warnings, 1)
	require.Equal(t, "fly.production.toml:5: build.args.B: not used: the image is built once, as the fly.toml of environment development states", warnings[0].String())
}

func TestAProblemOfTheBuildIsReportedWithThoseOfEveryFlyToml(t *testing.T) {
	text := shop()
	text["fly.development.toml"] += "[build]\nbuild-target = \"wbe\"\n"
	text["fly.production.toml"] = "primary_region = \"fra\"\n"
	_, _, err := config.Load(repository(text))
	require.ErrorContains(t, err, "fly.production.toml:1: app is missing")
	require.ErrorContains(t, err, `fly.development.toml:3: build.build-target: Dockerfile has no stage of that name, did you mean "web"?`)
}
