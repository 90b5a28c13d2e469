package step

import (
	"fmt"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
)

// An UnknownStepError names a step that does not run, and the steps that do.
type UnknownStepError struct {
	Name  string
	Known []string
}

var _ interface{ Hint() string } = (*UnknownStepError)(nil)

func (e *UnknownStepError) Error() string {
	return fmt.Sprintf("unknown step %q%s", e.Name, spelling.DidYouMean(e.Name, e.Known))
}

// Hint names the table of pipeline.toml that states such a step, or lists the known steps.
func (e *UnknownStepError) Hint() string {
	switch s, _ := knownStep(e.Name); {
	case s.Table == ScanTable && slices.ContainsFunc(Scanners(), func(name string) bool { return slices.Contains(e.Known, name) }):
		return "[scan] in pipeline.toml names no lockfile that " + e.Name + " reads: add one"
	case s.Table != "" && s.Table != CheckTable:
		return "pipeline.toml has no [" + s.Table + "]: add it to have this step"
	case s.Table == CheckTable:
		return "pipeline.toml has no [[check]] with this name: add it; the steps are " + strings.Join(e.Known, ", ")
	}
	return "the steps are " + strings.Join(e.Known, ", ")
}
