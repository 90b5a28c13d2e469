package step

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/output"
)

// An Attempt is one run of a step.
type Attempt struct {
	Left bool // the commands ran and left results
	Verdict
	Err error // why the step could not run, or why its results cannot be read
}

// Stale reports whether an attempt that the call began then has to be made again: the step did not run, and the results
// are those of an earlier call, which the engine returned. What did not run at an earlier call may run now. The time of
// a verdict has whole seconds.
func (a Attempt) Stale(began time.Time, again bool) bool {
	return a.Err != nil && a.Left && !again && a.Started.Before(began.Truncate(time.Second))
}

// ReadResults makes a verdict from the results that a step left, which judge then completes; judge may be nil.
func ReadResults(results fs.FS, c Check, flags string, judge func(fs.FS, *Verdict) error) (Verdict, error) {
	verdict, err := Read(results, c)
	verdict.Flags = flags
	if err == nil && judge != nil {
		err = judge(results, &verdict)
	}
	return verdict, err
}

// setUp is how long it may take until a step's commands run: its image is built, and its services start. An engine
// would wait without end for a service that never answers.
const setUp = 20 * time.Minute

// Limit returns how long a step may take, with all that it waits for.
func Limit(c Check) time.Duration { return setUp + c.Timeout }

// LateError returns the error of a step that did not end within its limit.
func LateError(c Check) error {
	return fmt.Errorf("the step did not end within %s: its image was still being built, or a service did not start", Limit(c))
}

// NotRunError returns the error of a step that could not run.
func NotRunError(name, flags string, err error) error {
	return fmt.Errorf("step %s could not run: %s\nto run it alone: %s", name, Cause(output.Error(err).Error()), Call(name)+flags)
}

// A CommandError is a command that failed while an image was built.
type CommandError struct {
	Code           int
	Stdout, Stderr string
}

func (e *CommandError) Error() string {
	lines := LastLines(e.Stdout + "\n" + e.Stderr)
	return fmt.Sprintf("a command of the image build failed with exit code %d\n  %s", e.Code, strings.Join(lines, "\n  "))
}

// BuildError returns the error of a build from its cause on. failed is the command that failed in the build; nil when
// none did.
func BuildError(err error, failed *CommandError) error {
	switch {
	case err == nil:
		return nil
	case failed != nil:
		return failed
	}
	return errors.New(Cause(err.Error()))
}

// A Build is a build that ended.
type Build struct {
	Name    string
	Began   time.Time
	Seconds float64
	Err     error
}

// BuildRow returns the row of a build. recorded is the verdict of a step on the same inputs, which ran if they changed;
// nil when that is not known.
func BuildRow(b Build, recorded *Verdict) Row {
	row := Row{Name: b.Name, Status: Passed, Seconds: b.Seconds, Call: Call(b.Name)}
	if b.Err != nil {
		row.Status, row.Report = Failed, b.Err.Error()
		return row
	}
	if recorded != nil {
		of := RowOf(*recorded, b.Began)
		row.Cached, row.Changed = of.Cached, of.Changed
	}
	return row
}

// Divide returns a step and the parts that a call shares it among: none when it is one part or fewer.
func Divide[S any](shards int, step func(Shard) S) (whole S, parts []S) {
	if shards > 1 {
		for n := range shards {
			parts = append(parts, step(Shard{Number: n + 1, Total: shards}))
		}
	}
	return step(Shard{}), parts
}

// ToolImage returns the image that a check runs in: its own, or the toolbox's. It is empty when the image is a stage of
// the Dockerfile.
func ToolImage(c Check, toolbox *Toolbox) string {
	if c.Image != "" || toolbox == nil {
		return c.Image
	}
	return toolbox.Image
}

// ToolName names the image that a check runs in, for the reader of an error.
func ToolName(c Check, toolbox *Toolbox, dockerfile string) string {
	if image := ToolImage(c, toolbox); image != "" || toolbox == nil {
		return image
	}
	return fmt.Sprintf("stage %s of %s", toolbox.Target, dockerfile)
}

// Workdir returns the folder in which a check runs: that of its image, or /src when that is the whole file system.
func Workdir(ofImage string) string {
	if ofImage == "" || ofImage == "/" {
		return "/src"
	}
	return ofImage
}
