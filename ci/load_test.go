package ci_test

import (
	"bytes"
	"errors"
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/repository"
)

// parsers are the functions that parse the configuration, with the packages that may call each. Every call of the
// module goes through all of them once: source.Load → repository.Load → config.Load → one parser for each file.
var parsers = map[string][]string{
	"source.Load":            {".dagger"},
	"repository.Load":        {".dagger/source", ".dagger"}, // init loads a draft
	"config.Load":            {"ci/repository"},
	"pipeline.Read":          {"ci/config"},
	"pipeline.Parse":         nil,                                                                               // tests only
	"flytoml.Parse":          {"ci/config", "ci/config/draft"},                                                  // a draft is made before there is a pipeline.toml
	"flytoml.FromDefinition": {"ci/release/delivery"},                                                           // the fly.toml of an earlier release, which is no file
	"tomlfile.Read":          {"ci/config/flytoml", "ci/config/pipeline", "ci/scan/finding", "ci/scan/scanner"}, // a baseline; what a scanner scans
	"toml.Unmarshal":         {"ci/config/tomlfile"},
	"ignorefile.ReadAll":     {"ci/config/build"},
	"toml.NewDecoder":        nil,
}

func TestEachFileOfTheConfigurationIsParsedInOnePlace(t *testing.T) {
	found := map[string][]string{}
	for _, tree := range []string{"ci", ".dagger"} {
		for dir, files := range packages(t, tree) {
			if dir == "ci/acceptance" {
				continue
			}
			for _, f := range files {
				ast.Inspect(f, func(n ast.Node) bool {
					name, of := called(n)
					if _, parses := parsers[of+"."+name]; parses && !slices.Contains(found[of+"."+name], dir) {
						found[of+"."+name] = append(found[of+"."+name], dir)
					}
					return true
				})
			}
		}
	}
	for name, want := range parsers {
		require.ElementsMatch(t, want, found[name], name)
	}
}

// A function with two loads on its way would read every file twice and print every warning twice.
func TestNoFunctionLoadsTheConfigurationTwice(t *testing.T) {
	bodies := map[string][]*ast.FuncDecl{}
	for _, file := range packages(t, ".dagger")[".dagger"] {
		for _, fn := range functionsIn(file) {
			bodies[fn.Name.Name] = append(bodies[fn.Name.Name], fn)
		}
	}
	loading := 0
	for name, all := range bodies {
		for _, fn := range all {
			n := loads(bodies, fn, nil)
			require.LessOrEqual(t, n, 1, "%s.%s", receiver(fn), name)
			if fn.Name.IsExported() && n == 1 {
				loading++
			}
		}
	}
	require.Equal(t, 1, loads(bodies, bodies["Plan"][0], nil), "plan")
	require.Greater(t, loading, 20)
}

// loads counts the calls of source.Load in a function and in those of package main that it calls.
func loads(bodies map[string][]*ast.FuncDecl, fn *ast.FuncDecl, on []*ast.FuncDecl) (n int) {
	ast.Inspect(fn.Body, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := local(call.Fun)
		if name == "source.Load" {
			n++
		}
		for _, next := range bodies[name] {
			if next != fn && !slices.Contains(on, next) {
				n += loads(bodies, next, append(on, fn))
			}
		}
		return true
	})
	return n
}

// local returns the name of a function or method of package main, also one reached as s.Pipeline.name. For a function
// of another package, local returns package and name; for a method of another type, nothing.
func local(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		switch x := f.X.(type) {
		case *ast.Ident:
			if x.Name == "p" || x.Name == "s" {
				return f.Sel.Name
			}
			return x.Name + "." + f.Sel.Name
		case *ast.SelectorExpr:
			if x.Sel.Name == "Pipeline" {
				return f.Sel.Name
			}
		}
	}
	return ""
}

// counted is this repository, with a suspicious line in a fly.toml. It counts the reads of each file.
type counted map[string]int

func (c counted) Read(name string) ([]byte, error) {
	c[name]++
	text, err := os.ReadFile(filepath.Join("..", name))
	if name == "fly.staging.toml" {
		text = append([]byte("suspicious = true\n"), text...)
	}
	return bytes.Replace(text, []byte("strict = true"), []byte("strict = false"), 1), err
}

func (counted) Glob(string) ([]string, error) { return nil, errors.ErrUnsupported }

func TestALoadReadsEachFileOnceAndReturnsEachWarningOnce(t *testing.T) {
	reads := counted{}
	c, warnings, err := repository.Load(reads)
	require.NoError(t, err)
	require.Len(t, warnings, 1)
	require.Contains(t, warnings[0].String(), "fly.staging.toml:1: suspicious: unknown key")
	want := []string{"Dockerfile", "Dockerfile.dockerignore", "fly.development.toml", "fly.pr-preview.toml", "fly.production.toml", "fly.staging.toml", "pipeline.toml", c.App.Context + "/.dockerignore"}
	require.Equal(t, want, slices.Sorted(maps.Keys(reads)))
	for name, n := range reads {
		require.Equal(t, 1, n, name)
	}
}
