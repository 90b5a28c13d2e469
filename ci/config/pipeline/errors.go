package pipeline

import (
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
)

// An UnknownStageError names an environment that pipeline.toml lacks, and those that it has.
type UnknownStageError struct {
	Name  string
	Known []string
}

var _ interface{ Hint() string } = (*UnknownStageError)(nil)

func (e *UnknownStageError) Error() string {
	return fmt.Sprintf("unknown environment %q%s", e.Name, spelling.DidYouMean(e.Name, e.Known))
}

// Hint lists the known names in order.
func (e *UnknownStageError) Hint() string {
	return "the environments are " + strings.Join(e.Known, ", ")
}
