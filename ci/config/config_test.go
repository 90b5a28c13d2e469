package config_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config"
)

// files is a repository in memory that counts the reads of each file.
type files struct {
	text  map[string]string
	reads map[string]int
}

func repository(text map[string]string) *files { return &files{text: text, reads: map[string]int{}} }

func (f *files) read(name string) ([]byte, error) {
	f.reads[name]++
	text, ok := f.text[name]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
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
	}
}

func TestEveryFileIsReadOnceAndEveryWarningIsReturnedOnce(t *testing.T) {
	f := repository(shop())
	c, warnings, err := config.Load(f.read)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"pipeline.toml": 1, "fly.development.toml": 1, "fly.production.toml": 1, "web/.dockerignore": 1}, f.reads)
	require.Len(t, warnings, 1)
	require.Contains(t, warnings[0].String(), "fly.production.toml:2")

	production, err := c.Environment("production")
	require.NoError(t, err)
	require.Equal(t, "shop", production.Fly.App)
	require.Equal(t, map[string]int{"app": 3}, production.Count)
	require.JSONEq(t, `{"app":"shop","typo":1}`, string(production.Definition))
	require.Equal(t, []string{"node_modules"}, c.Ignored)
	require.Equal(t, "development", c.First().Name)
	require.Equal(t, "production", c.Last().Name)
	require.Equal(t, map[string]string{"development": "shop-dev", "production": "shop"}, c.Apps())
}

func TestAnAppNeedsNoDockerignore(t *testing.T) {
	text := shop()
	delete(text, "web/.dockerignore")
	c, _, err := config.Load(repository(text).read)
	require.NoError(t, err)
	require.Empty(t, c.Ignored)
}

func TestTheProblemsOfEveryFlyTomlAreReportedAtOnce(t *testing.T) {
	text := shop()
	text["fly.development.toml"] = "primary_region = \"fra\"\n"
	delete(text, "fly.production.toml")
	_, _, err := config.Load(repository(text).read)
	require.ErrorContains(t, err, "fly.development.toml")
	require.ErrorContains(t, err, "app is missing")
	require.ErrorContains(t, err, "environment production")
}

func TestMachinesOfAnUnknownProcessGroupAreRefusedForEveryEnvironment(t *testing.T) {
	text := shop()
	text["fly.production.toml"] = "app = \"shop\"\n[processes]\nweb = \"serve\"\n"
	_, _, err := config.Load(repository(text).read)
	require.ErrorContains(t, err, `unknown process group "app"`)
}

func TestTwoEnvironmentsOfOneAppAreRefused(t *testing.T) {
	text := shop()
	text["fly.development.toml"] = "app = \"shop\"\n"
	_, _, err := config.Load(repository(text).read)
	require.ErrorContains(t, err, "one deploy would replace the other")
}

func TestAnUnknownEnvironmentNamesTheKnown(t *testing.T) {
	c, _, err := config.Load(repository(shop()).read)
	require.NoError(t, err)
	_, err = c.Environment("prodution")
	require.ErrorContains(t, err, "production")
}
