// Package revision decides which commit an image is made from, and whether a .git is the history of the sources at all.
//
// A call gives sources and .git separately, so they can be of two repositories: `dagger -m MODULE call --source .` without
// --git reads the history of the module. An image with a commit of another repository, or a search for secrets in another
// history, would be wrong without a failure. A script therefore asks git how the sources compare with its last commit, and
// Read decides.
package revision

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// script prints the facts for Read. It runs in a folder with the sources and their .git, with the paths of the image's
// inputs as arguments. It compares with the last commit by an index of its own: a copy of .git may have none.
const script = `set -eu
git() { command git -c safe.directory='*' -c core.fsmonitor=false "$@"; }
if [ -f .git ]; then echo "git file"; exit; fi
if [ ! -d .git ]; then echo "git none"; exit; fi
if ! git rev-parse -q --verify HEAD >/dev/null; then echo "git empty"; exit; fi
GIT_INDEX_FILE=$(mktemp -u)
export GIT_INDEX_FILE
git read-tree HEAD
commit=$(git log -1 --format=%H -- "$@")
inputs=$(git status --porcelain -- "$@")
tracked=$(git ls-files)
differences=$(git -c core.autocrlf=input status --porcelain -uall --no-renames)
rm -f "$GIT_INDEX_FILE"
echo "commit $commit"
test -z "$inputs" || echo "changed"
echo "tracked $(echo "$tracked" | sed '/^$/d' | wc -l)"
echo "$differences" | sed '/^$/d' | cut -c 1-2 | sort | uniq -c | sed 's/^ */count /'
`

// Args returns the command that prints the facts for Read, for the paths of the image's inputs.
func Args(paths ...string) []string {
	return append([]string{"sh", "-c", script, "sh"}, paths...)
}

// A Revision is the commit of the image's inputs, as far as .git has it.
type Revision struct {
	Commit  string // the last commit that touched the inputs; empty when it is unknown
	Changed bool   // the inputs have changes that are in no commit
	History error  // why .git is not the history of the sources; nil when it is
}

// Label returns the text of the image's label org.opencontainers.image.revision. The commit is the last one that touched
// the inputs, so that a commit of documentation makes no new image.
func (r Revision) Label() string {
	switch {
	case r.Commit == "":
		return "unknown"
	case r.Changed:
		return r.Commit + "-changed"
	}
	return r.Commit
}

// Warning returns why the commit is unknown; empty when it is known.
func (r Revision) Warning() string {
	switch {
	case r.History != nil:
		return fmt.Sprintf("the image gets the commit %q: %v", r.Label(), r.History)
	case r.Commit == "":
		return fmt.Sprintf("the image gets the commit %q: no commit has a file of it\nCommit the files that the image is built from", r.Label())
	}
	return ""
}

var (
	// ErrFile is the error of a .git that is a file: it names a folder elsewhere on the disk, which no call uploads.
	ErrFile = errors.New("the Git history cannot be read: .git is a file here, as in a worktree or a submodule; the folder with the history is elsewhere, so nothing was done\n" +
		"Call it in a clone: git clone FOLDER NEW")
	errNone  = errors.New("there is no .git\nCall it at the top of a Git repository, or give --git FOLDER, the folder with the .git of --source")
	errEmpty = errors.New(".git has no commit\nCommit the sources first")
)

// Read decides from the output of the command of Args. A .git that is a file is ErrFile.
func Read(output string) (Revision, error) {
	f, err := parse(output)
	switch {
	case err != nil:
		return Revision{}, fmt.Errorf("the answer of git about the sources cannot be read: %w", err)
	case f.git == "file":
		return Revision{}, ErrFile
	case f.git == "none":
		return Revision{History: errNone}, nil
	case f.git == "empty":
		return Revision{History: errEmpty}, nil
	case !f.workTree():
		return Revision{History: f.foreign()}, nil
	}
	return Revision{Commit: f.commit, Changed: f.changed && f.commit != ""}, nil
}

// facts are what git reports of the sources.
type facts struct {
	git     string // "file", "none" or "empty" for a .git that cannot be compared with
	commit  string
	changed bool
	tracked int // files of the last commit
	missing int // of these, those that the sources lack
	edited  int // of these, those with another content in the sources
	added   int // files of the sources that the last commit lacks and no .gitignore excludes
}

// workTree reports whether the sources are git's work tree: at least one file is as in the last commit, and either most
// files of the commit are there, or most of the sources are unchanged files of the commit. The latter are a part of a work
// tree, such as a bundle, which has the inputs of one step.
func (f facts) workTree() bool {
	present := f.tracked - f.missing
	same := present - f.edited
	return same > 0 && (f.missing <= present || present > f.added && same >= f.edited)
}

// foreign is the reason for sources that are not git's work tree.
func (f facts) foreign() error {
	present := f.tracked - f.missing
	return fmt.Errorf(".git is the history of other sources: of these %d files its last commit has %d, %d of them with the same content, and %d files beside them\n"+
		"Give --git FOLDER, the folder with the .git of --source; or commit the sources, if they are new",
		present+f.added, present, present-f.edited, f.missing)
}

func parse(output string) (f facts, err error) {
	seen := map[string]bool{}
	for line := range strings.Lines(output) {
		key, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		seen[key] = true
		switch key {
		case "git":
			f.git = rest
		case "commit":
			f.commit = rest
		case "changed":
			f.changed = true
		case "tracked":
			f.tracked, err = strconv.Atoi(rest)
		case "count":
			err = f.count(rest)
		default:
			err = fmt.Errorf("unknown line %q", line)
		}
		if err != nil {
			return f, err
		}
	}
	if !seen["git"] && (!seen["commit"] || !seen["tracked"]) {
		return f, fmt.Errorf("the answer is not whole: %q", output)
	}
	return f, nil
}

// count adds the files with one status of `git status --porcelain`, as "3 ??".
func (f *facts) count(line string) error {
	number, status, _ := strings.Cut(line, " ")
	n, err := strconv.Atoi(number)
	switch {
	case err != nil:
		return err
	case status == "??":
		f.added += n
	case strings.Contains(status, "D"):
		f.missing += n
	default:
		f.edited += n
	}
	return nil
}
