package deploy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// ReportVersion is the version of the form that a report has as JSON.
const ReportVersion = 1

// Report is what a person is told at the end, and what is kept with the release.
type Report struct {
	Version   int             `json:"version"` // ReportVersion
	Fly       string          `json:"fly"`     // which one
	Stage     string          `json:"stage"`
	App       string          `json:"app"`
	Image     string          `json:"image"` // repository and digest
	SizeMB    float64         `json:"size_mb,omitempty"`
	Release   int             `json:"release,omitempty"` // Fly's number of it; 0 when there was none
	Status    Status          `json:"status"`
	By        string          `json:"by,omitempty"` // whose token made it, as Fly says when the report is read
	Strategy  string          `json:"strategy"`
	Done      string          `json:"done"` // what was done, or that nothing had to be
	Note      string          `json:"note,omitempty"`
	Machines  []Machine       `json:"machines"`
	Secrets   []string        `json:"secrets,omitempty"`         // names of those that were staged
	Command   *Command        `json:"release_command,omitempty"` // nil: none was run
	Migration string          `json:"migration,omitempty"`
	URL       string          `json:"url"`
	Config    json.RawMessage `json:"config,omitempty"` // the fly.toml it was made from
	Started   time.Time       `json:"started"`
	Seconds   float64         `json:"seconds"`
	Steps     []Step          `json:"steps,omitempty"`
	Error     string          `json:"error,omitempty"`
}

// Status is how a deployment ended, or that it has not.
type Status string

// The statuses; all but the last are Fly's words for a release.
const (
	Running     Status = "running"
	Complete    Status = "complete"
	Failed      Status = "failed"
	Interrupted Status = "interrupted"
	Unchanged   Status = "unchanged"
)

// Machine is one machine's part in a report.
type Machine struct {
	ID      string `json:"id"`
	Group   string `json:"group"`
	Region  string `json:"region"`
	Action  Action `json:"action"`
	Before  string `json:"before,omitempty"` // the digest it ran; empty for a new one
	After   string `json:"after,omitempty"`  // the digest it runs
	State   string `json:"state"`
	Healthy bool   `json:"healthy"`
}

// Command is the release command's part in a report.
type Command struct {
	Command  string   `json:"command"`
	Machine  string   `json:"machine"`
	ExitCode *int     `json:"exit_code,omitempty"` // nil: it was not seen to end
	Log      []string `json:"log,omitempty"`       // of one that failed its last lines, secrets masked
}

// Step is one step of a deployment and the time it took.
type Step struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// Healthy is how many of the machines are.
func (r Report) Healthy() int {
	n := 0
	for _, m := range r.Machines {
		if m.Healthy {
			n++
		}
	}
	return n
}

// Good reports whether the app is as it was wanted.
func (r Report) Good() bool { return r.Status == Complete || r.Status == Unchanged }

// String is the command and how it ended.
func (c Command) String() string {
	if c.ExitCode == nil {
		return c.Command + ", not seen to end"
	}
	return fmt.Sprintf("%s, exit code %d", c.Command, *c.ExitCode)
}

// JSON is the report for programs.
func (r Report) JSON() []byte {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		panic(err) // strings, numbers and times
	}
	return append(text, '\n')
}

// ParseReport reads what JSON wrote. One of a younger pipeline is refused.
func ParseReport(text []byte) (Report, error) {
	var r Report
	err := json.Unmarshal(text, &r)
	if err == nil && r.Version != ReportVersion {
		err = &ReportVersionError{r.Version}
	}
	if err == nil && r.Config != nil {
		var b bytes.Buffer
		err = json.Compact(&b, r.Config)
		r.Config = b.Bytes()
	}
	return r, err
}
