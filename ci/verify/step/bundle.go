package step

import (
	"encoding/json"
	"slices"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// BundleVersion grows when a reader of an older bundle.json would misread a new one.
const BundleVersion = 1

// A Bundle describes a step so that another machine can reproduce it. Its JSON lies beside the step's files as
// bundle.json.
type Bundle struct {
	Version   int               `json:"version"`
	Step      string            `json:"step"`
	Command   string            `json:"command"` // runs the step, in the folder of the bundle
	Source    string            `json:"source_digest"`
	Arguments Arguments         `json:"arguments"`
	Pins      map[string]string `json:"pins"`   // versions and digests of tools and data, by name
	Images    map[string]string `json:"images"` // the digest of each image by its name, or why it was not found
	Engine    string            `json:"engine"`
}

// Arguments are what pipeline.toml states of a step.
type Arguments struct {
	Run     []string          `json:"run"`
	Env     map[string]string `json:"env,omitempty"`
	Timeout string            `json:"timeout"`
	JUnit   []string          `json:"junit,omitempty"`
	Reports []string          `json:"reports,omitempty"`
	Says    string            `json:"says,omitempty"`
}

// BundleFolder has the files of a bundle, under the paths that they have in the repository.
const BundleFolder = "source"

// NewBundle is the bundle of a step, given the digest of its files and the command that runs it by itself.
func NewBundle(c Check, source, command string) Bundle {
	return Bundle{
		Version: BundleVersion, Step: c.Name, Command: command, Source: source,
		Arguments: Arguments{Run: c.Run, Env: c.Env, Timeout: c.Timeout.String(), JUnit: c.JUnit, Reports: c.Reports, Says: c.Says},
		Pins:      map[string]string{}, Images: map[string]string{},
	}
}

// BundleFiles are the files that a bundle has beside those of its step: pipeline.toml and every file that it names are
// read before any step runs.
func BundleFiles(f pipeline.Config, fleetFile string) []string {
	files := append(f.Configs(), fleetFile, f.App.Dockerfile)
	slices.Sort(files)
	return slices.Compact(files)
}

// JSON is the text of bundle.json.
func (b Bundle) JSON() string {
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		panic(err) // text can always be written
	}
	return string(text) + "\n"
}
