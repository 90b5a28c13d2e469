package ci_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheReadmeIsShortAndItsSectionsStandInOrder(t *testing.T) {
	text := documents(t)["README.md"]
	require.LessOrEqual(t, len(strings.Fields(text)), 650, "words")
	var sections []string
	for _, match := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(text, -1) {
		sections = append(sections, match[1])
	}
	require.Equal(t, []string{"What it does", "The two commands", "On Fly.io", "Another app", "Where things are"}, sections)
	for _, part := range []string{
		"| environment | app | trigger | database |", "\nmake deploy ", "\nmake test ", "--progress=dots",
		"Trivy", "Semgrep", "Gitleaks", "npm audit", "Atlas", "squawk", "Playwright",
	} {
		require.Contains(t, text, part)
	}
}

func TestTheReadmeHasOneLineForEachFunction(t *testing.T) {
	_, rest, _ := strings.Cut(documents(t)["README.md"], "## What it does\n```\n")
	table, _, found := strings.Cut(rest, "```")
	require.True(t, found)
	var listed []string
	for _, row := range regexp.MustCompile(`(?m)^([a-z-]+(?: [a-z-]+)?)  +\S`).FindAllStringSubmatch(table, -1) {
		listed = append(listed, row[1])
	}
	require.ElementsMatch(t, commands(t), listed)
}

func TestEveryPathInTheDocsExists(t *testing.T) {
	tracked := trackedFiles(t)
	exists := func(name string) bool {
		return slices.ContainsFunc(tracked, func(file string) bool {
			whole, _ := path.Match(name, file)
			return whole || strings.HasPrefix(file, strings.TrimSuffix(name, "/")+"/")
		})
	}
	top := map[string]bool{}
	for _, file := range tracked {
		folder, _, nested := strings.Cut(file, "/")
		top[folder] = top[folder] || nested
	}
	token, link := regexp.MustCompile(`[\w.*/-]+`), regexp.MustCompile(`\]\(([^):#]+)\)`)
	for file, text := range documents(t) {
		for _, name := range token.FindAllString(code(text), -1) {
			if first, _, nested := strings.Cut(name, "/"); nested && top[first] {
				require.True(t, exists(name), "%s names the path %s", file, name)
			}
		}
		for _, match := range link.FindAllStringSubmatch(text, -1) {
			require.True(t, exists(path.Join(path.Dir(file), match[1])), "%s links to %s", file, match[1])
		}
	}
}

func TestTheDocsNameOnlyFunctionsThatExist(t *testing.T) {
	declared := map[string]bool{} // as package.Name, and as path (Name)
	for _, root := range []string{"ci", ".dagger", "flylocal"} {
		for dir, names := range declarations(t, root) {
			for name := range names {
				declared[path.Base(dir)+"."+name] = true
			}
		}
	}
	functions := commands(t)
	qualified := regexp.MustCompile(`\b[a-z]\w*\.[A-Z]\w*`)
	inFile := regexp.MustCompile(`(\S+\.go) \(([\w, ]+)\)`)
	call := regexp.MustCompile(`dagger (?:-[ms] (?:\S+ )?)?call (?:-\S+ \S+ )*(?:fly )?((?:(?:step|scanner|github) )?[a-z][a-z-]*)`)
	for file, text := range documents(t) {
		for _, name := range qualified.FindAllString(code(text), -1) {
			require.True(t, declared[name] || file == "docs/rules.md", "%s names %s", file, name)
		}
		for _, match := range inFile.FindAllStringSubmatch(text, -1) {
			for name := range strings.SplitSeq(match[2], ", ") {
				require.Contains(t, functionsOf(t, match[1]), name, "%s names a function of %s", file, match[1])
			}
		}
		for _, match := range call.FindAllStringSubmatch(text, -1) {
			require.Contains(t, functions, match[1], "%s has the command %s", file, match[0])
		}
	}
	require.Regexp(t, qualified, documents(t)["docs/flow.md"])
	require.Regexp(t, inFile, documents(t)["docs/flow.md"])
}

// documents are the README, the CHANGELOG and the files of docs, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pattern := range []string{"../README.md", "../CHANGELOG.md", "../docs/*.md", "../docs/*/*.md"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			found[strings.TrimPrefix(filepath.ToSlash(file), "../")] = string(text)
		}
	}
	require.Greater(t, len(found), 10)
	return found
}

// code returns the parts of a Markdown text between backticks.
func code(text string) string {
	var parts []string
	for _, match := range regexp.MustCompile("(?s)```.*?```|`[^`]+`").FindAllString(text, -1) {
		parts = append(parts, strings.Trim(match, "`"))
	}
	return strings.Join(parts, "\n")
}

// objects are the functions of the main object that group others.
var objects = []string{"step", "scanner", "github"}

// commands returns the functions of the module as `dagger call` takes them, without those that only group others.
func commands(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, file := range packages(t, ".dagger")[".dagger"] {
		for _, f := range functionsIn(file) {
			if name := command(f); receiver(f) != "" && f.Name.IsExported() && f.Name.Name != "Sync" && !slices.Contains(objects, name) {
				names = append(names, name)
			}
		}
	}
	require.NotEmpty(t, names)
	return names
}

var inner = regexp.MustCompile(`\B[A-Z]`)

// command returns a function of the module as `dagger call` takes it: "end-to-end", "step list".
func command(f *ast.FuncDecl) string {
	spell := func(name string) string { return strings.ToLower(inner.ReplaceAllString(name, "-$0")) }
	if object := receiver(f); object != "Pipeline" {
		return spell(object) + " " + spell(f.Name.Name)
	}
	return spell(f.Name.Name)
}

// declarations returns the exported functions, methods and types below a folder, by package.
func declarations(t *testing.T, root string) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{}
	for dir, files := range packages(t, root) {
		found[dir] = map[string]bool{}
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				switch d := n.(type) {
				case *ast.FuncDecl:
					found[dir][d.Name.Name] = true
				case *ast.TypeSpec:
					found[dir][d.Name.Name] = true
				}
				return true
			})
		}
	}
	return found
}

// functionsOf returns the names of the functions that a file of the repository declares.
func functionsOf(t *testing.T, file string) []string {
	t.Helper()
	var names []string
	for _, f := range functionsIn(parseFile(t, token.NewFileSet(), "../"+file)) {
		names = append(names, f.Name.Name)
	}
	return names
}

// functionsIn returns the functions and methods that a file declares.
func functionsIn(f *ast.File) []*ast.FuncDecl {
	var list []*ast.FuncDecl
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok {
			list = append(list, fn)
		}
	}
	return list
}

// receiver returns the name of a method's type, or "".
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	of := f.Recv.List[0].Type
	if pointer, ok := of.(*ast.StarExpr); ok {
		of = pointer.X
	}
	if name, ok := of.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// parseFile parses one Go file with its comments.
func parseFile(t *testing.T, set *token.FileSet, file string) *ast.File {
	t.Helper()
	f, err := parser.ParseFile(set, file, nil, parser.ParseComments)
	require.NoError(t, err)
	return f
}

// trackedFiles returns what Git tracks, as paths of the repository.
func trackedFiles(t *testing.T) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", "-C", "..", "ls-files", "-z").Output()
	require.NoError(t, err, "this test needs a Git checkout")
	return strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
}
