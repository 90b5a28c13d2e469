package pipeline

import (
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
)

// An UnknownStageError lists the stages there are.
type UnknownStageError struct {
	Name  string
	Known []string
}

var _ interface{ Hint() string } = (*UnknownStageError)(nil)

func (e *UnknownStageError) Error() string {
	return fmt.Sprintf("find stage %q: there is none of that name%s", e.Name, spelling.DidYouMean(e.Name, e.Known))
}

// Hint lists the known names in order.
func (e *UnknownStageError) Hint() string {
	return "the stages are " + strings.Join(e.Known, ", ")
}

// An UnknownCheckError lists the checks there are.
type UnknownCheckError struct {
	Name  string
	Known []string
}

var _ interface{ Hint() string } = (*UnknownCheckError)(nil)

func (e *UnknownCheckError) Error() string {
	return fmt.Sprintf("find check %q: there is none of that name%s", e.Name, spelling.DidYouMean(e.Name, e.Known))
}

// sections state the steps that are no checks.
var sections = map[string]string{EndToEndStep: "[end_to_end]", MigrationsStep: "[migrations]", CompatibilityStep: "[compatibility]"}

// Hint says how to state a step that is known elsewhere, lists the known names, or says how to make the first.
func (e *UnknownCheckError) Hint() string {
	if section := sections[e.Name]; section != "" {
		return "pipeline.toml has no " + section + ", which states it"
	}
	if len(e.Known) == 0 {
		return "pipeline.toml states no check: add [[check]] with a name and the commands to run"
	}
	return "pipeline.toml states " + strings.Join(e.Known, ", ")
}
