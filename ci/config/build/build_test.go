package build_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/config/build"
	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/secret"
)

const dockerfile = "FROM golang:1.26 AS deps\nFROM deps\nFROM scratch AS Shop\n"

// load reads [app] with these lines, a fly.toml in the folder deploy, and files of the repository.
func load(t *testing.T, app, fly string, files map[string]string) (build.Build, []string, error) {
	t.Helper()
	text := "[app]\nname = \"shop\"\n" + app + "\n[[stage]]\nname = \"dev\"\nconfig = \"deploy/fly.toml\"\norg = \"acme\"\n"
	config, err := pipeline.Parse("pipeline.toml", []byte(text))
	require.NoError(t, err)
	parsed, _, err := flytoml.Parse("deploy/fly.toml", []byte("app = \"shop\"\n"+fly))
	require.NoError(t, err)
	b, warnings, err := build.Load(config.App, config.Secrets, parsed.Build, func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, fs.ErrNotExist
	})
	var texts []string
	for _, w := range warnings {
		texts = append(texts, w.String())
	}
	return b, texts, err
}

func TestBothFilesStateTheBuild(t *testing.T) {
	b, warnings, err := load(t, "context = \".\"\nbuild_args = { GO = \"1.26\", SAME = \"1\" }",
		"[build]\ndockerfile = \"../images/Dockerfile\"\nbuild-target = \"shop\"\n[build.args]\nSAME = \"1\"\nREGION = \"fra\"\n",
		map[string]string{"images/Dockerfile": dockerfile})
	require.NoError(t, err)
	require.NoError(t, b.Check())
	require.Empty(t, warnings)
	require.Equal(t, "images/Dockerfile", b.Dockerfile, "relative to the folder of the fly.toml")
	require.Equal(t, "shop", b.Target, "in any case")
	require.Equal(t, map[string]string{"GO": "1.26", "SAME": "1", "REGION": "fra"}, b.Args)
	require.Equal(t, []string{"deps", "1", "Shop"}, b.Stages)
}

func TestTwoValuesOfOneKeyAreRefusedAllAtOnce(t *testing.T) {
	_, _, err := load(t, "dockerfile = \"Dockerfile\"\ntarget = \"deps\"\nbuild_args = { A = \"1\", B = \"2\", C = \"3\" }",
		"[build]\ndockerfile = \"Dockerfile\"\nbuild_target = \"shop\"\n[build.args]\nA = \"one\"\nB = \"2\"\nC = \"three\"\n", nil)
	require.EqualError(t, err, `deploy/fly.toml:3: build.dockerfile: "deploy/Dockerfile", but line 3 of pipeline.toml states "Dockerfile": keep one of the two
deploy/fly.toml:4: build.build-target: "shop", but line 4 of pipeline.toml states "deps": keep one of the two
deploy/fly.toml:6: build.args.A: "one", but line 5 of pipeline.toml states "1": keep one of the two
deploy/fly.toml:8: build.args.C: "three", but line 5 of pipeline.toml states "3": keep one of the two`)
}

func TestAPathOutsideTheRepositoryAndABadNameAreRefused(t *testing.T) {
	for reason, c := range map[string]struct{ app, fly, want string }{
		"above the repository": {"", "[build]\ndockerfile = \"../../Dockerfile\"\n", `deploy/fly.toml:3: build.dockerfile: "../Dockerfile" is not a file of the repository`},
		"absolute":             {"", "[build]\nignorefile = \"/etc/ignore\"\n", `deploy/fly.toml:3: build.ignorefile: "/etc/ignore" is not a file of the repository`},
		"a URL":                {"", "[build]\ndockerfile = \"https://example.org/Dockerfile\"\n", `deploy/fly.toml:3: build.dockerfile: a URL is not supported`},
		"a name in fly.toml":   {"", "[build.args]\nA-B = \"1\"\n", `deploy/fly.toml:3: build.args.A-B: the name of a build arg must be`},
		"a name in our file":   {"build_args = { 1A = \"1\" }", "", `pipeline.toml:3: app.build_args.1A: the name of a build arg must be`},
	} {
		_, _, err := load(t, c.app, c.fly, nil)
		require.ErrorContains(t, err, c.want, reason)
	}
}

func TestATargetThatIsNoStageIsRefusedWithTheStages(t *testing.T) {
	files := map[string]string{"Dockerfile": dockerfile}
	_, _, err := load(t, `target = "shpo"`, "", files)
	require.EqualError(t, err, `pipeline.toml:3: app.target: Dockerfile has no stage of that name, did you mean "Shop"?; its stages are deps, 1, Shop`)
	_, _, err = load(t, "", "[build]\nbuild-target = \"web\"\n", files)
	require.EqualError(t, err, `deploy/fly.toml:3: build.build-target: Dockerfile has no stage of that name; its stages are deps, 1, Shop`)
	b, _, err := load(t, `target = "1"`, "", files)
	require.NoError(t, err, "a number is the position of a stage")
	for name, ok := range map[string]bool{"": true, "deps": true, "SHOP": true, "2": true, "3": false, "-1": false, "nginx": false} {
		of, err := b.WithTarget(name)
		require.Equal(t, ok, err == nil, name)
		if !ok {
			require.ErrorContains(t, err, `build stage "`+name+`": Dockerfile has no stage of that name`)
			require.ErrorContains(t, err, "; its stages are deps, 1, Shop")
		} else if name != "" {
			require.Equal(t, name, of.Target)
		}
	}
	require.Equal(t, "1", b.Target)
}

func TestTheNearestIgnoreFileIsUsed(t *testing.T) {
	files := map[string]string{"Dockerfile": dockerfile, "web/.dockerignore": "of-the-context\n"}
	with := func(more, fly string) []string {
		files[more] = "of-" + filepath.Base(more) + "\n"
		b, _, err := load(t, `context = "web"`, fly, files)
		require.NoError(t, err)
		return b.Ignored
	}
	require.Equal(t, []string{"of-the-context"}, with("other", ""))
	require.Equal(t, []string{"of-Dockerfile.dockerignore"}, with("Dockerfile.dockerignore", ""))
	require.Equal(t, []string{"of-ignore"}, with("deploy/ignore", "[build]\nignorefile = \"ignore\"\n"))
	_, warnings, err := load(t, "", "[build]\nignorefile = \"none\"\n", files)
	require.NoError(t, err)
	require.Equal(t, []string{"deploy/fly.toml:3: build.ignorefile: deploy/none does not exist: the whole context is sent to the build"}, warnings)
}

func TestAnImageThatIsBuiltElsewhereIsRefusedOnlyByABuild(t *testing.T) {
	for reason, c := range map[string]struct{ fly, want string }{
		"an image":   {"[build]\nimage = \"ghcr.io/acme/shop:1\"\n", "deploy/fly.toml:3: build.image: this image is built elsewhere"},
		"buildpacks": {"[build]\nbuilder = \"heroku/builder:24\"\nbuildpacks = [\"heroku/nodejs\"]\n", "deploy/fly.toml:3: build.builder: this pipeline builds only a Dockerfile"},
	} {
		b, _, err := load(t, "", c.fly, map[string]string{"Dockerfile": dockerfile})
		require.NoError(t, err, reason)
		require.ErrorContains(t, b.Check(), c.want, reason)
		require.ErrorContains(t, b.Check(), "--image REF@sha256:", reason)
		_, err = b.WithTarget("deps")
		require.Error(t, err, reason)
	}
	b, _, err := load(t, "", "", nil)
	require.NoError(t, err)
	var missing *build.MissingError
	require.True(t, errors.As(b.Check(), &missing))
	require.EqualError(t, missing, "build the image: Dockerfile does not exist, nothing was built or deployed")
	require.Contains(t, missing.Hint(), "--image REF@sha256:")
}

func TestAFileThatCannotBeReadIsNoMissingFile(t *testing.T) {
	_, _, err := build.Load(pipeline.App{Context: ".", Dockerfile: "Dockerfile"}, nil, flytoml.Build{},
		func(string) ([]byte, error) { return nil, errors.New("no answer") })
	require.ErrorContains(t, err, "no answer")
}

func TestSecretsOfTheBuildComeFromTheEnvironmentsSecretsByName(t *testing.T) {
	secrets := "\n[[secret]]\nname = \"NPM_TOKEN\"\nfor = \"build\"\nrequired = true\n[[secret]]\nname = \"CA\"\nfor = \"build\"\n[[secret]]\nname = \"JWT\"\nfor = \"app\"\n"
	b, _, err := load(t, `build_args = { B = "2", A = "a\nb" }`+"\ntarget = \"deps\""+secrets, "", map[string]string{"Dockerfile": dockerfile})
	require.NoError(t, err)
	values, err := b.Values(secret.NewSet(map[string]string{"NPM_TOKEN": "npm_1", "JWT": "j"}))
	require.NoError(t, err)
	require.Equal(t, []string{"NPM_TOKEN"}, values.Names(), "only its own, and what is optional may lack")
	_, err = b.Values(secret.NewSet(map[string]string{"CA": "c", "JWT": "j"}))
	require.EqualError(t, err, "check secrets: missing or empty: NPM_TOKEN")
	require.Equal(t, "build arg A: \"a\\nb\"\nbuild arg B: \"2\"\nbuild secret CA: by its name\nbuild secret NPM_TOKEN: by its name\nbuild target: deps", b.String())
}

func TestStagesAreThoseOfTheDockerfile(t *testing.T) {
	for reason, c := range map[string]struct {
		text string
		want []string
	}{
		"no file":                    {"", nil},
		"only comments":              {"# FROM a AS b\n", nil},
		"a flag and a build arg":     {"ARG V=1\nFROM --platform=linux/amd64 node:${V} as web\n", []string{"web"}},
		"two lines":                  {"FROM \\\n  # a comment\n  node:24 \\\n  AS web\nFROM web\n", []string{"web", "1"}},
		"another escape":             {"# syntax=docker/dockerfile:1\n# escape=`\nFROM a `\n AS b\nRUN dir c:\\\nFROM d AS e\n", []string{"b", "e"}},
		"an escape that is too late": {"# a comment\nFROM a\n# escape=`\nRUN x \\\n FROM y AS z\n", []string{"0"}},
		"a heredoc":                  {"FROM a AS b\nRUN <<EOF\nFROM c AS d\nEOF\nCOPY <<-\"X\" <<Y /\nFROM e\n\tX\nFROM f\nY\nFROM g AS h\n", []string{"b", "h"}},
		"a shift is no heredoc":      {"FROM a AS b\nRUN echo $((1 <<A)) <<missing\nFROM c AS d\n", []string{"b", "d"}},
		"lines as on Windows":        {"FROM a AS b\r\nFROM c AS d\r\n", []string{"b", "d"}},
	} {
		require.Equal(t, c.want, build.Stages(c.text), reason)
	}
	own, err := os.ReadFile("../../../Dockerfile")
	require.NoError(t, err)
	require.Equal(t, []string{"bun", "deps", "frontend-build", "backend-build", "migrate-build", "migrator", "production"}, build.Stages(string(own)))
}
