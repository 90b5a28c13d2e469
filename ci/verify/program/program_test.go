package program_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/program"
)

func module(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	files["go.mod"] = "module example.com/m\n\ngo 1.26\n"
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o600))
	}
	return root
}

func TestTheSourcesAreThoseOfEveryPackageThatTheProgramImports(t *testing.T) {
	root := module(t, map[string]string{
		"cmd/p/main.go":      "package main\n\nimport (\n\t\"os\"\n\t\"example.com/m/a\"\n)\n\nfunc main() { a.A(); os.Exit(0) }\n",
		"cmd/p/main_test.go": "package main\n\nimport _ \"example.com/m/fortests\"\n",
		"a/a.go":             "package a\n\nimport _ \"embed\"\n\nimport (\n\t\"example.com/m/a/b\"\n\t_ \"example.com/mother\"\n)\n\n//go:embed *.yaml\nvar text string\n\nfunc A() { b.B() }\n",
		"a/rules.yaml":       "", "a/other.txt": "",
		"a/b/b.go":         "package b\n\nfunc B() {}\n",
		"a/b/b_windows.go": "package b\n",
		"unused/u.go":      "package unused\n",
	})
	got, err := program.Sources(root, "cmd/p")
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"go.mod", "go.sum", "cmd/p/main.go", "a/a.go", "a/rules.yaml", "a/b/b.go"}, got)
}

func TestAPackageThatIsMissingIsNamed(t *testing.T) {
	root := module(t, map[string]string{"cmd/p/main.go": "package main\n\nimport _ \"example.com/m/gone\"\n"})
	_, err := program.Sources(root, "cmd/p")
	require.ErrorContains(t, err, "the package gone cannot be read")

	root = module(t, map[string]string{"main.go": "package main\n\nimport _ \"embed\"\n\n//go:embed gone.txt\nvar text string\n"})
	_, err = program.Sources(root, ".")
	require.ErrorContains(t, err, "go:embed gone.txt")
}

func TestTheMigrationsProgramMissesNoPackageAmongItsSources(t *testing.T) {
	const root, main = "../../..", "ci/cmd/migrations"
	files, err := program.Sources(root, main)
	require.NoError(t, err)
	dir := t.TempDir()
	for _, name := range files {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Error}}{{.}}{{end}}", "./"+main)
	list.Dir = dir
	out, err := list.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Empty(t, strings.TrimSpace(string(out)))
}
