// Package report has the report that a person reads after a deploy and that is stored with the release.
package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"

	"github.com/renewa/pipeline/ci/release/deploy/machine"
)

// Version is the version of the JSON form of a report.
const Version = 1

// Report describes one deploy.
type Report struct {
	Version   int             `json:"version"` // Version
	Fly       string          `json:"fly"`     // Fly.io, or the address of a local Fly
	Stage     string          `json:"stage"`
	App       string          `json:"app"`
	Image     string          `json:"image"` // repository and digest
	SizeMB    float64         `json:"size_mb,omitempty"`
	Commit    string          `json:"commit,omitempty"`  // of the image's sources, or image.Elsewhere
	Release   int             `json:"release,omitempty"` // Fly's number of the release; 0 when there was none
	Status    Status          `json:"status"`
	By        string          `json:"by,omitempty"` // owner of the token that made the release, known when the report is read
	Strategy  string          `json:"strategy"`
	Done      string          `json:"done"` // summary in one line
	Note      string          `json:"note,omitempty"`
	Machines  []Machine       `json:"machines"`
	Secrets   []string        `json:"secrets,omitempty"`         // names of the secrets that were staged
	Command   *Command        `json:"release_command,omitempty"` // nil: no release command ran
	Migration string          `json:"migration,omitempty"`
	URL       string          `json:"url"`
	Config    json.RawMessage `json:"config,omitempty"` // the fly.toml of the release
	Started   time.Time       `json:"started"`
	Seconds   float64         `json:"seconds"`
	Steps     []Step          `json:"steps,omitempty"`
	Error     string          `json:"error,omitempty"`
	Unread    bool            `json:"machines_unread,omitempty"` // Fly did not answer after a failure: Machines are as they were before it
}

// Status is the result of a deploy, or Running.
type Status string

// The statuses. All but Unchanged are Fly's words for a release.
const (
	Running     Status = "running"
	Complete    Status = "complete"
	Failed      Status = "failed"
	Interrupted Status = "interrupted"
	Unchanged   Status = "unchanged"
)

// Machine is one machine in a report.
type Machine struct {
	ID      string         `json:"id"`
	Group   string         `json:"group"`
	Region  string         `json:"region"`
	Action  machine.Action `json:"action"`
	Before  string         `json:"before,omitempty"` // the digest it ran; empty for a new machine
	After   string         `json:"after,omitempty"`  // the digest it runs
	State   string         `json:"state"`
	Healthy bool           `json:"healthy"`
	Down    bool           `json:"down,omitempty"` // it was stopped or a standby, and was not started
}

// Command is the release command in a report.
type Command struct {
	Command  string   `json:"command"`
	Machine  string   `json:"machine"`
	ExitCode *int     `json:"exit_code,omitempty"` // nil: unknown, because the deploy did not see the command end
	Log      []string `json:"log,omitempty"`       // the last lines of a command that failed, with secrets masked
}

// String returns the command and its exit code.
func (c Command) String() string {
	if c.ExitCode == nil {
		return c.Command + ", exit code unknown"
	}
	return fmt.Sprintf("%s, exit code %d", c.Command, *c.ExitCode)
}

// Step is one step of a deploy and its duration.
type Step struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// Healthy returns the number of healthy machines.
func (r Report) Healthy() int { return r.count(func(m Machine) bool { return m.Healthy }) }

// Asleep returns the number of machines that got the new image and were not started.
func (r Report) Asleep() int {
	return r.count(func(m Machine) bool { return r.Status == Complete && m.Down && m.Action != machine.Keep })
}

func (r Report) count(is func(Machine) bool) (n int) {
	for _, m := range r.Machines {
		if is(m) {
			n++
		}
	}
	return n
}

// Failure returns the error of a deploy that failed: a line with what happened, to what, and what runs now; then the report.
func (r Report) Failure() string {
	first, _, _ := strings.Cut(r.Error, "\n")
	happened := "failed"
	if r.Status == Interrupted {
		happened = "was interrupted"
	}
	return fmt.Sprintf("deploy to %s %s: %s; %s\n%s", r.Stage, happened, strings.TrimSuffix(first, "."), r.runsNow(), r)
}

// runsNow describes the images that the machines run.
func (r Report) runsNow() string {
	if r.Unread {
		return "what runs now is unknown, because Fly did not answer: dagger call status"
	}
	if len(r.Machines) == 0 {
		return "the app runs no machine"
	}
	var parts []string
	for _, version := range []string{"the previous image", "the new image", "the same image as before", "an unknown image"} {
		all := r.count(func(m Machine) bool { return r.version(m) == version })
		if all > 0 {
			healthy := r.count(func(m Machine) bool { return r.version(m) == version && m.Healthy })
			parts = append(parts, fmt.Sprintf("%s runs on %s, %d healthy", version, english.Plural(all, "machine", ""), healthy))
		}
	}
	return strings.Join(parts, "; ")
}

func (r Report) version(m Machine) string {
	_, wanted, _ := strings.Cut(r.Image, "@")
	switch {
	case m.After == "":
		return "an unknown image"
	case m.After != wanted:
		return "the previous image"
	case m.Before == m.After:
		return "the same image as before"
	}
	return "the new image"
}

// Good reports whether the app is as requested.
func (r Report) Good() bool { return r.Status == Complete || r.Status == Unchanged }

// JSON returns the report for programs.
func (r Report) JSON() []byte {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic(err) // strings, numbers and times
	}
	return append(text, '\n')
}

// Parse decodes a report that JSON encoded. A report of another version is a *VersionError.
func Parse(text []byte) (Report, error) {
	var r Report
	err := json.Unmarshal(text, &r)
	if err == nil && r.Version != Version {
		err = &VersionError{r.Version}
	}
	if err == nil && r.Config != nil {
		var b bytes.Buffer
		err = json.Compact(&b, r.Config)
		r.Config = b.Bytes()
	}
	return r, err
}

// VersionError is the error for a report of a version that this pipeline does not read.
type VersionError struct{ Version int }

func (e *VersionError) Error() string {
	return fmt.Sprintf("the report has version %d, this pipeline reads version %d: upgrade the pipeline module", e.Version, Version)
}
