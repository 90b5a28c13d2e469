package fleet

import (
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/spelling"
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
