//go:build acceptance

package acceptance

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// origin returns the checkout under test: $PIPELINE_ROOT, else the checkout that has this folder.
func origin() (string, error) {
	if root := os.Getenv("PIPELINE_ROOT"); root != "" {
		return root, nil
	}
	return filepath.Abs(repository)
}

// checkout is the folder of a copy of all files that git tracks or would add, in one commit. It has no .env.
type checkout string

func newCheckout(root, dir string) (checkout, error) {
	list := exec.CommandContext(context.Background(), "git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z")
	names, err := list.Output()
	if err != nil {
		return "", fmt.Errorf("list files of %s: %w", root, err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		if err := copyFile(filepath.Join(root, name), filepath.Join(dir, name)); err != nil && !os.IsNotExist(err) {
			return "", err
		}
	}
	c := checkout(dir)
	if out, err := c.git("init", "-q"); err != nil {
		return "", fmt.Errorf("git init: %w\n%s", err, out)
	}
	return c, c.commit("everything")
}

func copyFile(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, b, info.Mode().Perm())
}

func (c checkout) git(args ...string) (string, error) {
	who := []string{"-C", string(c), "-c", "user.name=test", "-c", "user.email=test@example.com"}
	out, err := exec.CommandContext(context.Background(), "git", append(who, args...)...).CombinedOutput()
	return string(out), err
}

func (c checkout) commit(subject string) error {
	if out, err := c.git("add", "-A"); err != nil {
		return fmt.Errorf("git add: %w\n%s", err, out)
	}
	if out, err := c.git("commit", "-q", "--allow-empty", "-m", subject); err != nil {
		return fmt.Errorf("git commit: %w\n%s", err, out)
	}
	return nil
}

func (c checkout) path(name string) string { return filepath.Join(string(c), name) }

func (c checkout) write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(c.path(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// edit replaces the first occurrence of a text, which the file must have.
func (c checkout) edit(t testing.TB, name, old, new string) {
	t.Helper()
	b, err := os.ReadFile(c.path(name))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), old) {
		t.Fatalf("%s has no %q to replace", name, old)
	}
	c.write(t, name, strings.Replace(string(b), old, new, 1))
}

// restore brings a file back to its last commit.
func (c checkout) restore(t testing.TB, name string) {
	t.Helper()
	if out, err := c.git("checkout", "-q", "--", name); err != nil {
		t.Fatalf("git checkout %s: %v\n%s", name, err, out)
	}
}

// another is a second checkout of the deployed sources, for one test.
func another(t testing.TB) checkout {
	t.Helper()
	c, err := newCheckout(string(deployed(t).checkout), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return c
}
