package step

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
)

// Missing returns the error of a name that is not among the steps that run: a *NotStatedError for a step that this
// module knows, an *UnknownStepError for any other name.
func Missing(name string, running []string) error {
	s, known := knownStep(name)
	scanning := slices.ContainsFunc(Scanners(), func(name string) bool { return slices.Contains(running, name) })
	switch {
	case !known:
		return &UnknownStepError{Name: name, Known: running}
	case s.Table == CheckTable:
		return &NotStatedError{Name: name, Lack: "it has no [[check]] with this name"}
	case s.Table == ScanTable && scanning:
		return NoLockfile(name)
	}
	return &NotStatedError{Name: name, Lack: "it has no [" + s.Table + "]"}
}

// NoLockfile returns the error of a scanner for which [scan] names no file.
func NoLockfile(scanner string) error {
	return &NotStatedError{Name: scanner, Lack: "[scan] names no lockfile that " + scanner + " reads"}
}

// NoScan returns the error of a scanner without [scan].
func NoScan(scanner string) error {
	return &NotStatedError{Name: scanner, Lack: "it has no [" + ScanTable + "]"}
}

// An UnknownStepError names a step that nobody knows, and the steps that run.
type UnknownStepError struct {
	Name  string
	Known []string
}

var _ interface{ Hint() string } = (*UnknownStepError)(nil)

func (e *UnknownStepError) Error() string {
	return fmt.Sprintf("unknown step %q%s", e.Name, spelling.DidYouMean(e.Name, e.Known))
}

// Hint lists the steps that run.
func (e *UnknownStepError) Hint() string { return "the steps are " + strings.Join(e.Known, ", ") }

// A NotStatedError names a step that this module knows and pipeline.toml does not state. A function that runs this step
// alone reports that and succeeds, so that `dagger check` passes for an app without the step.
type NotStatedError struct {
	Name string
	Lack string // what pipeline.toml would have if it stated the step
}

var _ interface{ Hint() string } = (*NotStatedError)(nil)

func (e *NotStatedError) Error() string {
	return fmt.Sprintf("pipeline.toml does not state %s: %s", e.Name, e.Lack)
}

// Hint has the way to the step.
func (e *NotStatedError) Hint() string {
	return "to have this step, add it to pipeline.toml (docs/checks.md)"
}

// Skipped returns the text of a function whose step pipeline.toml does not state, and whether err is about such a step.
func Skipped(err error) (string, bool) {
	if e, ok := errors.AsType[*NotStatedError](err); ok {
		return e.Name + " skipped: " + e.Error() + "\n", true
	}
	return "", false
}
