// Package bundle is what it takes to reproduce a step on another machine.
package bundle

import (
	"encoding/json"
	"slices"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// Version grows when a reader of an older bundle.json would misread a new one.
const Version = 1

// A Bundle names everything a step depends on. Its JSON lies beside those files as bundle.json.
type Bundle struct {
	Version   int               `json:"version"`
	Step      string            `json:"step"`
	Command   string            `json:"command"` // to be typed beside the bundle
	Source    string            `json:"source_digest"`
	Arguments Arguments         `json:"arguments"`
	Pins      map[string]string `json:"pins"`   // versions and digests of tools and data, by name
	Images    map[string]string `json:"images"` // by the name in use; by digest where the registry told one, else why not
	Engine    string            `json:"engine"`
}

// Arguments are what pipeline.toml says of the step.
type Arguments struct {
	Run     []string          `json:"run"`
	Env     map[string]string `json:"env,omitempty"`
	Timeout string            `json:"timeout"`
	JUnit   []string          `json:"junit,omitempty"`
	Reports []string          `json:"reports,omitempty"`
	Says    string            `json:"says,omitempty"`
}

// Folder is where the files lie, each where the repository has it.
const Folder = "source"

// New is the bundle of a step, given the digest of its files and the command that runs it by itself.
func New(c pipeline.Check, source, command string) Bundle {
	return Bundle{
		Version: Version, Step: c.Name, Command: command, Source: source,
		Arguments: Arguments{Run: c.Run, Env: c.Env, Timeout: c.Timeout.String(), JUnit: c.JUnit, Reports: c.Reports, Says: c.Says},
		Pins:      map[string]string{}, Images: map[string]string{},
	}
}

// Files are those that any step reads beside its own: what pipeline.toml names is looked at before anything runs.
func Files(f pipeline.Config, fleetFile string) []string {
	files := []string{fleetFile, f.App.Dockerfile}
	for _, s := range f.Stages {
		files = append(files, s.Config)
	}
	if preview, err := f.Preview(1); err == nil {
		files = append(files, preview.Config)
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// JSON is the text of bundle.json.
func (b Bundle) JSON() string {
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		panic(err) // it is text
	}
	return string(text) + "\n"
}
