package ci_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/step"
)

const module = "github.com/renewa/pipeline/"

// groups are the groups of packages in ci, with the packages of this module that each may import beside its own.
var groups = map[string][]string{
	"ci/config":     nil,
	"ci/release":    {"ci/config"},
	"ci/verify":     {"ci/config", "ci/output", "ci/release/image"}, // compatibility compares images, which image.Ref identifies
	"ci/scan":       {"ci/config", "ci/verify/step"},                // a scanner is a step
	"ci/workflow":   {"ci/config"},
	"ci/repository": {"ci/config", "ci/verify", "ci/scan", "ci/workflow"},
	"ci/fly":        {"ci/config/secret", "ci/release"},
	"ci/cmd":        {"ci/verify/migration"}, // each program is a thin main
}

// modules are the packages of other modules that a package may import.
var modules = map[string][]string{
	"ci/config/flytoml":    {"github.com/superfly/fly-go", "github.com/google/shlex", "github.com/pelletier/go-toml/v2"},
	"ci/config/build":      {"github.com/moby/patternmatcher/ignorefile"},
	"ci/config/secret":     {"golang.org/x/crypto/scrypt"},
	"ci/config/tomlfile":   {"github.com/pelletier/go-toml/v2"},
	"ci/fly":               {"github.com/superfly/fly-go", "golang.org/x/time/rate"},
	"ci/golden":            {"github.com/stretchr/testify/require"}, // only tests import ci/golden
	"ci/release/database":  {"github.com/superfly/fly-go"},
	"ci/release/deploy":    {"github.com/superfly/fly-go", "golang.org/x/sync/errgroup", "github.com/dustin/go-humanize/english"},
	"ci/release/image":     {"github.com/google/go-containerregistry/pkg/name"},
	"ci/release/promotion": {"github.com/superfly/fly-go"},
	"ci/release/registry":  {"github.com/google/go-containerregistry/"},
	"ci/release/setup":     {"github.com/superfly/fly-go/flaps"},
	"ci/release/status":    {"github.com/superfly/fly-go", "golang.org/x/sync/errgroup"},
	"ci/scan/advisory":     {"github.com/google/go-containerregistry/"},
	"ci/scan/finding":      {"github.com/pelletier/go-toml/v2", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"},
	"ci/scan/scanner":      {"al.essio.dev/pkg/shellescape", "github.com/aquasecurity/trivy/pkg/types"},
	"ci/workflow":          {"go.yaml.in/yaml/v3"},
	"ci/workflow/gate":     {"github.com/moby/patternmatcher"},
	"ci/verify/trial":      {"al.essio.dev/pkg/shellescape", "github.com/superfly/fly-go"},

	"ci/verify/compatibility":     {"al.essio.dev/pkg/shellescape"},
	"ci/verify/migration":         {"al.essio.dev/pkg/shellescape"},
	"ci/verify/migration/atlas":   {"ariga.io/atlas/sql/", "github.com/jackc/pgx/v5"}, // the functions import ci/verify/migration alone, without Atlas
	"ci/verify/migration/folder":  {"ariga.io/atlas/sql/migrate"},
	"ci/verify/migration/lock":    {"ariga.io/atlas/sql/migrate", "github.com/jackc/pgx/v5/pgconn"},
	"ci/verify/migration/rows":    {"github.com/jackc/pgx/v5"},
	"ci/verify/migration/scratch": {"github.com/jackc/pgx/v5"},
	"ci/verify/migration/suite":   {"ariga.io/atlas/sql/migrate"},

	"ci/release/deploy/forecast":    {"github.com/dustin/go-humanize/english"},
	"ci/release/deploy/lease":       {"github.com/superfly/fly-go", "golang.org/x/sync/errgroup"},
	"ci/release/deploy/machine":     {"github.com/superfly/fly-go", "github.com/dustin/go-humanize/english"},
	"ci/release/deploy/report":      {"github.com/dustin/go-humanize/english"},
	"ci/release/deploy/secretstate": {"github.com/superfly/fly-go"},
	"ci/release/deploy/volume":      {"github.com/superfly/fly-go"},
	"ci/release/deploy/watch":       {"github.com/superfly/fly-go"},
}

func TestAGroupImportsOnlyItsListedPackages(t *testing.T) {
	for dir, files := range packages(t, "ci") {
		if dir == "ci/acceptance" {
			continue
		}
		group := strings.Join(strings.Split(dir, "/")[:min(2, strings.Count(dir, "/")+1)], "/")
		if _, listed := groups[group]; !listed {
			require.Contains(t, []string{"ci", "ci/golden", "ci/output"}, dir, "%s is in no group: add it to groups and to ci/doc.go", dir)
		}
		for _, imported := range imports(files) {
			if ours, ok := strings.CutPrefix(imported, module); ok {
				require.True(t, below(ours, append(groups[group], group)), "%s may not import %s", dir, ours)
			} else if strings.Contains(imported, ".") {
				require.True(t, slices.ContainsFunc(modules[dir], func(p string) bool { return strings.HasPrefix(imported, p) }), "%s may not import %s", dir, imported)
			}
		}
	}
}

// below is whether a package is one of these folders or lies in one of them.
func below(dir string, of []string) bool {
	return slices.ContainsFunc(of, func(p string) bool { return dir == p || strings.HasPrefix(dir, p+"/") })
}

func TestFlylocalImportsNothingOfThePipeline(t *testing.T) {
	for dir, files := range packages(t, "flylocal") {
		for _, imported := range imports(files) {
			if ours, ok := strings.CutPrefix(imported, module); ok {
				require.True(t, below(ours, []string{"flylocal"}), "%s imports %s", dir, ours)
			}
		}
	}
}

// A package with more files is divided by types of its own.
func TestNoPackageHasMoreThanTwentyFiles(t *testing.T) {
	for _, tree := range []string{"ci", "flylocal", ".dagger"} {
		for dir, files := range packages(t, tree) {
			require.LessOrEqual(t, len(files), 20, dir)
		}
	}
}

// clients are the packages that may make HTTP requests, or a client of Fly's APIs.
var clients = map[string]string{
	"ci/fly":              "it is the client of Fly's APIs",
	"ci/release/registry": "it is the client of Fly's registry",
}

func TestOnlyTheClientsTalkToFly(t *testing.T) {
	for _, tree := range []string{"ci", ".dagger"} {
		for dir, files := range packages(t, tree) {
			if _, may := clients[dir]; may || dir == "ci/acceptance" {
				continue
			}
			require.NotContains(t, imports(files), "net/http", dir)
			for _, f := range files {
				ast.Inspect(f, func(n ast.Node) bool {
					call, ok := n.(*ast.SelectorExpr)
					if ok && isClient(f, call) {
						t.Errorf("%s makes a client of Fly: %s", dir, call.Sel.Name)
					}
					return true
				})
			}
		}
	}
}

func TestNoImportHidesItsPackage(t *testing.T) {
	for _, tree := range []string{"ci", "flylocal", ".dagger"} {
		for dir, files := range packages(t, tree) {
			for _, f := range files {
				for _, i := range f.Imports {
					require.False(t, i.Name != nil && i.Name.Name == ".", "%s imports %s with a dot", dir, i.Path.Value)
				}
			}
		}
	}
}

// isClient is whether an expression names a client in fly-go, or a function that makes one. Its other types are free.
func isClient(f *ast.File, s *ast.SelectorExpr) bool {
	id, ok := s.X.(*ast.Ident) // no import has a dot for a name: TestNoImportHidesItsPackage
	if !ok || s.Sel.Name != "Client" && !strings.HasPrefix(s.Sel.Name, "New") {
		return false
	}
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool {
		p, _ := strconv.Unquote(i.Path.Value)
		name := path.Base(p)
		if name == "fly-go" {
			name = "fly"
		}
		if i.Name != nil {
			name = i.Name.Name
		}
		return name == id.Name && strings.HasPrefix(p, "github.com/superfly/fly-go")
	})
}

// The help of `dagger check` and the table of known steps name the same functions.
func TestEveryStepWithAFunctionHasACheckOfItsName(t *testing.T) {
	want := []string{"scanner trivy"} // runs three steps
	for _, s := range step.KnownSteps() {
		if s.Function != "" {
			want = append(want, s.Function)
		}
	}
	var checks []string
	for _, file := range packages(t, ".dagger")[".dagger"] {
		for _, fn := range functionsIn(file) {
			if strings.Contains(fn.Doc.Text(), "+check") {
				checks = append(checks, command(fn))
			}
		}
	}
	require.ElementsMatch(t, want, checks)
	docs, err := os.ReadFile("../docs/checks.md")
	require.NoError(t, err)
	for _, name := range want {
		require.Contains(t, string(docs), "`"+name+"`", "docs/checks.md")
	}
}

func TestEveryPackageHasAComment(t *testing.T) {
	for dir, files := range packages(t, "ci") {
		if dir == "ci/acceptance" {
			continue
		}
		commented := slices.ContainsFunc(files, func(f *ast.File) bool { return f.Doc != nil && len(f.Doc.Text()) > 20 })
		require.True(t, commented, "%s has no package comment", dir)
	}
}

// builds lists the programs of ci/cmd that the functions build from the module's own sources.
func builds(t *testing.T) []string {
	var dirs []string
	for _, files := range packages(t, ".dagger") {
		for _, f := range files {
			ast.Inspect(f, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && strings.HasPrefix(literal.Value, `"ci/cmd/`) {
					dirs = append(dirs, strings.Trim(literal.Value, `"`))
				}
				return true
			})
		}
	}
	require.NotEmpty(t, dirs)
	return dirs
}

func TestTheModuleIncludesExactlyWhatTheFunctionsImportAndBuild(t *testing.T) {
	var config struct{ Include []string }
	read, err := os.ReadFile("../dagger.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(read, &config))

	all := packages(t, "ci")
	want := []string{"go.mod", "go.sum", "!**/*_test.go"}
	seen := map[string]bool{}
	var follow func(files []*ast.File)
	follow = func(files []*ast.File) {
		for _, imported := range imports(files) {
			if dir, ok := strings.CutPrefix(imported, module); ok && !seen[dir] {
				seen[dir] = true
				want = append(want, dir+"/*.go")
				want = append(want, embedded(dir, all[dir])...)
				follow(all[dir])
			}
		}
	}
	for _, files := range packages(t, ".dagger") {
		follow(files)
	}
	for _, dir := range builds(t) {
		want = append(want, dir+"/*.go")
		follow(all[dir])
	}
	require.ElementsMatch(t, want, config.Include, "dagger.json: a missing entry breaks the module, a needless one rebuilds it at every edit")
}

// embedded are the patterns of a package's go:embed, below the repository's root.
func embedded(dir string, files []*ast.File) []string {
	var patterns []string
	for _, f := range files {
		for _, group := range f.Comments {
			for _, c := range group.List {
				if list, ok := strings.CutPrefix(c.Text, "//go:embed "); ok {
					for pattern := range strings.FieldsSeq(list) {
						patterns = append(patterns, dir+"/"+pattern)
					}
				}
			}
		}
	}
	return patterns
}

func TestEveryFunctionStatesItsCachingAndNoneThatConnectsToFlyIsCached(t *testing.T) {
	bodies, exported := map[string][]*ast.FuncDecl{}, map[string]*ast.FuncDecl{}
	for dir, files := range packages(t, ".dagger") {
		for _, file := range files {
			for _, fn := range functionsIn(file) {
				bodies[fn.Name.Name] = append(bodies[fn.Name.Name], fn)
				if dir == ".dagger" && fn.Recv != nil && fn.Name.IsExported() {
					exported[receiver(fn)+"."+fn.Name.Name] = fn
				}
			}
		}
	}
	require.NotEmpty(t, exported)
	asking := 0
	for name, fn := range exported {
		doc := fn.Doc.Text()
		require.Contains(t, doc, "+cache=", "%s does not state its caching", name)
		if asks(bodies, fn, map[*ast.FuncDecl]bool{}) {
			asking++
			require.Contains(t, doc, `+cache="never"`, "%s connects to Fly", name)
		}
	}
	require.Greater(t, asking, 8)
}

// The comments are the help of `dagger call`.
func TestEveryFunctionAndArgumentHasADescription(t *testing.T) {
	files, err := filepath.Glob("../.dagger/*.go")
	require.NoError(t, err)
	checked := 0
	for _, file := range files {
		if filepath.Base(file) == "dagger.gen.go" {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, file, nil, parser.ParseComments)
		require.NoError(t, err)
		above := map[int]string{} // the comment that ends on a line
		for _, c := range f.Comments {
			above[set.Position(c.End()).Line], _, _ = strings.Cut(c.Text(), "+")
		}
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || !fn.Name.IsExported() || fn.Recv == nil && fn.Name.Name != "New" {
				continue
			}
			checked++
			require.Greater(t, len(fn.Doc.Text()), 30, "%s has no description", fn.Name.Name)
			for _, argument := range fn.Type.Params.List {
				name, description := argument.Names[0].Name, above[set.Position(argument.Pos()).Line-1]
				require.True(t, name == "ctx" || len(strings.TrimSpace(description)) > 10, "--%s of %s has no description", name, fn.Name.Name)
			}
		}
	}
	require.Greater(t, checked, 10)
}

// asks follows calls inside .dagger, by name, to those that connect to Fly. A method of the main object is called as
// p.Name only.
func asks(bodies map[string][]*ast.FuncDecl, fn *ast.FuncDecl, seen map[*ast.FuncDecl]bool) bool {
	found := false
	ast.Inspect(fn, func(n ast.Node) bool {
		name, of := called(n)
		found = found || name == "dialAs"
		for _, next := range bodies[name] {
			if (of == "p") == (receiver(next) == "Pipeline") && !seen[next] {
				seen[next] = true
				found = found || asks(bodies, next, seen)
			}
		}
		return true
	})
	return found
}

// called returns the name of the function that a node calls or hands on, and the variable it belongs to.
func called(n ast.Node) (name, of string) {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		if x, ok := n.X.(*ast.Ident); ok {
			of = x.Name
		}
		return n.Sel.Name, of
	case *ast.CallExpr:
		if id, ok := n.Fun.(*ast.Ident); ok {
			return id.Name, ""
		}
	}
	return "", ""
}

func TestNoDotenvIsTracked(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "git", "ls-files", "..").Output()
	if err != nil {
		t.Skipf("not a git checkout, so nothing is tracked: %v", err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		require.NotEqual(t, ".env", path.Base(name), "a committed .env could send a runner's secrets to any host")
	}
}

// A token in a file that Gitleaks does not read would not be found.
func TestGitleaksAllowsOnlySingleValuesWithAReason(t *testing.T) {
	var config struct {
		Extend     struct{ UseDefault bool }
		Allowlists []struct {
			Description                        string
			Regexes, Paths, Commits, Stopwords []string
		}
	}
	text, err := os.ReadFile("../.gitleaks.toml")
	require.NoError(t, err)
	require.NoError(t, toml.Unmarshal(text, &config))
	require.True(t, config.Extend.UseDefault)
	for _, allowed := range config.Allowlists {
		require.NotEmpty(t, allowed.Description)
		require.Empty(t, slices.Concat(allowed.Paths, allowed.Commits, allowed.Stopwords), allowed.Description)
		for _, value := range allowed.Regexes {
			require.Regexp(t, `^\^[\w-]+\$$`, value, allowed.Description)
		}
	}
}

// packages parses every Go package below a folder of the repository, without tests and generated files.
func packages(t *testing.T, below string) map[string][]*ast.File {
	t.Helper()
	found := map[string][]*ast.File{}
	root := filepath.Join("..", below)
	require.NoError(t, filepath.WalkDir(root, func(p string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || p == filepath.Join("..", ".dagger", "internal")) { // generated
			return filepath.SkipDir
		}
		if !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") || d.Name() == "dagger.gen.go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(p)), "../")
		found[dir] = append(found[dir], f)
		return nil
	}))
	return found
}

func imports(files []*ast.File) []string {
	var list []string
	for _, f := range files {
		for _, i := range f.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			list = append(list, p)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
