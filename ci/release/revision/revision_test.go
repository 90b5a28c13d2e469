package revision_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/release/revision"
)

// folder is a folder with files, perhaps a Git repository.
type folder string

func newFolder(t *testing.T, files ...string) folder {
	t.Helper()
	f := folder(t.TempDir())
	f.write(t, files...)
	return f
}

// write writes files whose content is their name.
func (f folder) write(t *testing.T, files ...string) {
	t.Helper()
	for _, name := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(f.path(name)), 0o755))
		require.NoError(t, os.WriteFile(f.path(name), []byte(name+"\n"), 0o600))
	}
}

func (f folder) edit(t *testing.T, files ...string) {
	t.Helper()
	for _, name := range files {
		require.NoError(t, os.WriteFile(f.path(name), []byte("edited\n"), 0o600))
	}
}

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

func (f folder) git(t *testing.T, args ...string) string {
	t.Helper()
	who := []string{"-C", string(f), "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"}
	out, err := exec.CommandContext(t.Context(), "git", append(who, args...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.TrimSpace(string(out))
}

// commit commits all files and returns the commit.
func (f folder) commit(t *testing.T) string {
	t.Helper()
	f.git(t, "init", "-q")
	f.git(t, "add", "-A")
	f.git(t, "commit", "-q", "-m", "all")
	return f.git(t, "rev-parse", "HEAD")
}

// with lays the .git of another folder in, as a call does that gives --source and --git.
func (f folder) with(t *testing.T, other folder) folder {
	t.Helper()
	require.NoError(t, os.CopyFS(f.path(".git"), os.DirFS(other.path(".git"))))
	return f
}

// read runs the script with the real git, without a configuration of this machine.
func (f folder) read(t *testing.T, paths ...string) (revision.Revision, error) {
	t.Helper()
	args := revision.Args(paths...)
	run := exec.CommandContext(t.Context(), args[0], args[1:]...)
	run.Dir, run.Env = string(f), []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}
	out, err := run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return revision.Read(string(out))
}

// app are the files of a small app, and module those of a large repository, three of them with the same names.
var (
	app    = []string{"Dockerfile", "pipeline.toml", "fly.toml", "package.json", "src/server.js"}
	module = []string{
		"Dockerfile", "pipeline.toml", "fly.toml", "go.mod", "ci/a.go", "ci/b.go", "ci/c.go", "ci/d.go", "ci/e.go", "ci/f.go", "LICENSE",
	}
)

func TestTheLabelIsTheLastCommitOfTheInputs(t *testing.T) {
	f := newFolder(t, app...)
	first := f.commit(t)
	f.write(t, "docs/page.md")
	require.NotEqual(t, first, f.commit(t))
	got, err := f.read(t, "src", "Dockerfile")
	require.NoError(t, err)
	require.Equal(t, revision.Revision{Commit: first}, got)
	require.Equal(t, first, got.Label())

	f.edit(t, "docs/page.md")
	got, err = f.read(t, "src", "Dockerfile")
	require.NoError(t, err)
	require.Equal(t, first, got.Label(), "no input is edited")
	f.edit(t, "src/server.js")
	got, err = f.read(t, "src", "Dockerfile")
	require.NoError(t, err)
	require.Equal(t, first+"-changed", got.Label())
}

// A bundle has a part of the work tree, and its .git has no index and no config.
func TestSourcesOfTheSameRepositoryAreItsWorkTree(t *testing.T) {
	for reason, change := range map[string]func(*testing.T, folder){
		"as committed":           func(*testing.T, folder) {},
		"most files are edited":  func(t *testing.T, f folder) { f.edit(t, app[1:]...) },
		"most files are new":     func(t *testing.T, f folder) { f.write(t, "a", "b", "c", "d", "e", "f", "g") },
		"ignored files are many": func(t *testing.T, f folder) { f.write(t, "out/a", "out/b", "out/c", "out/d", "out/e", "out/f") },
		"most are left out, one is edited": func(t *testing.T, f folder) {
			f.edit(t, "fly.toml")
			require.NoError(t, os.RemoveAll(f.path("docs")))
		},
		"a bundle of two files": func(t *testing.T, f folder) {
			for _, name := range []string{"docs", "src", "package.json", "fly.toml", ".git/index", ".git/config"} {
				require.NoError(t, os.RemoveAll(f.path(name)))
			}
		},
		"an edit that is staged": func(t *testing.T, f folder) {
			f.edit(t, "fly.toml")
			f.git(t, "add", "-A")
		},
		"CRLF at the ends of lines": func(t *testing.T, f folder) {
			for _, name := range app {
				require.NoError(t, os.WriteFile(f.path(name), []byte(name+"\r\n"), 0o600))
			}
		},
		"a detached HEAD":   func(t *testing.T, f folder) { f.git(t, "checkout", "-q", "--detach") },
		"packed references": func(t *testing.T, f folder) { f.git(t, "pack-refs", "--all") },
	} {
		t.Run(reason, func(t *testing.T) {
			f := newFolder(t, append([]string{"docs/a", "docs/b", "docs/c", "docs/d", "docs/e", "docs/f", "docs/g", "docs/h"}, app...)...)
			require.NoError(t, os.WriteFile(f.path(".gitignore"), []byte("out/\n"), 0o600))
			commit := f.commit(t)
			change(t, f)
			got, err := f.read(t, "src", "Dockerfile")
			require.NoError(t, err)
			require.NoError(t, got.History)
			require.Empty(t, got.Warning())
			require.Equal(t, commit, got.Commit)
		})
	}
}

func TestAnotherRepositoryIsNotTheHistoryOfTheSources(t *testing.T) {
	for reason, c := range map[string]struct{ history, sources, shared []string }{
		"the module's, three files have the same names":   {history: module, sources: app},
		"the module's, with the same licence":             {history: module, sources: app, shared: []string{"LICENSE"}},
		"nothing in common":                               {history: []string{"a", "b", "c"}, sources: app},
		"a small one, of which every file has its name":   {history: app[:3], sources: app},
		"the folder above: all names have another prefix": {history: []string{"web/Dockerfile", "web/src/server.js"}, sources: []string{"Dockerfile", "src/server.js"}},
	} {
		t.Run(reason, func(t *testing.T) {
			other := newFolder(t, c.history...)
			other.commit(t)
			f := newFolder(t, append(c.shared, c.sources...)...)
			f.edit(t, c.sources...)
			got, err := f.with(t, other).read(t, ".", "Dockerfile")
			require.NoError(t, err)
			require.Equal(t, "unknown", got.Label())
			require.ErrorContains(t, got.History, ".git is the history of other sources")
			require.ErrorContains(t, got.History, "--git FOLDER")
			require.Contains(t, got.Warning(), `the image gets the commit "unknown"`)
		})
	}
}

func TestWithoutAHistoryTheCommitIsUnknownWithAReason(t *testing.T) {
	none := newFolder(t, app...)
	got, err := none.read(t, ".")
	require.NoError(t, err)
	require.Equal(t, "unknown", got.Label())
	require.ErrorContains(t, got.History, "there is no .git")

	none.git(t, "init", "-q")
	got, err = none.read(t, ".")
	require.NoError(t, err)
	require.Equal(t, "unknown", got.Label())
	require.ErrorContains(t, got.History, "has no commit")

	none.commit(t)
	none.write(t, "new/main.go")
	got, err = none.read(t, "new")
	require.NoError(t, err)
	require.NoError(t, got.History, "the other files have one")
	require.Equal(t, "unknown", got.Label())
	require.Contains(t, got.Warning(), "no commit has a file of it")
}

func TestAWorktreeAndASubmoduleAreRefused(t *testing.T) {
	main := newFolder(t, app...)
	main.commit(t)
	tree := folder(filepath.Join(t.TempDir(), "tree"))
	main.git(t, "worktree", "add", "-q", string(tree))
	parent := newFolder(t, "README.md")
	parent.commit(t)
	parent.git(t, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", string(main), "sub")
	for _, f := range []folder{tree, folder(parent.path("sub"))} {
		_, err := f.read(t, ".")
		require.ErrorIs(t, err, revision.ErrFile)
	}
}

// A history that cannot be read is neither empty nor unknown.
func TestABrokenHistoryIsAnError(t *testing.T) {
	f := newFolder(t, app...)
	f.commit(t)
	require.NoError(t, os.RemoveAll(f.path(".git/objects")))
	require.NoError(t, os.MkdirAll(f.path(".git/objects"), 0o755))
	args := revision.Args(".")
	run := exec.CommandContext(t.Context(), args[0], args[1:]...)
	run.Dir = string(f)
	out, err := run.CombinedOutput()
	require.Error(t, err, "%s", out)

	for _, answer := range []string{"", "commit abc\n", "tracked 3\n", "tracked many\ncommit abc\n", "count x ??\n", "surprise\n"} {
		_, err := revision.Read(answer)
		require.ErrorContains(t, err, "the answer of git about the sources cannot be read", answer)
	}
}

// The context of an app may be the whole repository, with files that no build needs.
func TestEveryFileOfTheContextIsAnInput(t *testing.T) {
	f := newFolder(t, append([]string{"README.md", ".env.test", "web/dist/a.js"}, app...)...)
	commit := f.commit(t)
	got, err := f.read(t, ".", "Dockerfile")
	require.NoError(t, err)
	require.Equal(t, commit, got.Label())
	f.edit(t, "README.md")
	got, err = f.read(t, ".", "Dockerfile")
	require.NoError(t, err)
	require.Equal(t, commit+"-changed", got.Label())
}

// The user's index and work tree stay as they are.
func TestTheScriptChangesNothingInTheRepository(t *testing.T) {
	f := newFolder(t, app...)
	f.commit(t)
	f.edit(t, "fly.toml")
	f.git(t, "add", "-A")
	before := f.git(t, "status", "--porcelain")
	_, err := f.read(t, ".")
	require.NoError(t, err)
	require.Equal(t, before, f.git(t, "status", "--porcelain"))
}
