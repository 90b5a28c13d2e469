package step

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

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
	Module    string            `json:"module"`  // what MODULE in the command stands for
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

// moduleText explains the word MODULE in a command: the module cannot see how a call names it.
const moduleText = "MODULE stands for this module as the call that made the bundle named it: a folder such as ../pipeline, or an address of Git"

// previousPin is the pin of compatibility that names the previous image, as --previous takes it.
const previousPin = "previous image"

// BundleLeavesOut are the patterns of the files that no bundle has: a build may read a .env and the secrets.json that .env
// refers to, and a bundle is handed on.
var BundleLeavesOut = []string{"**/.env*", "!**/.env.example", "secrets.json"}

// BundleFolder has the files of a bundle, under the paths that they have in the repository.
const BundleFolder = "source"

// An Engine has the files of a bundle and finds images.
type Engine interface {
	Digest(ctx context.Context) (string, error)             // of all files
	HasGit(ctx context.Context) (bool, error)               // the files have a .git
	Dockerfile(ctx context.Context) (string, error)         // its text
	Version(ctx context.Context) (string, error)            // of the engine
	Image(ctx context.Context, name string) (string, error) // with its digest
}

// NewBundle describes a step with these pins. flags repeat the step as this call runs it.
func NewBundle(ctx context.Context, e Engine, c Check, flags string, pins map[string]string) (Bundle, error) {
	b := Bundle{
		Version: BundleVersion, Step: c.Name, Module: moduleText,
		Arguments: Arguments{Run: c.Run, Env: c.Env, Timeout: c.Timeout.String(), JUnit: c.JUnit, Reports: c.Reports, Says: c.Says},
		Pins:      map[string]string{}, Images: map[string]string{},
	}
	var err error
	if b.Source, err = e.Digest(ctx); err != nil {
		return b, err
	}
	whole, err := e.HasGit(ctx)
	if err != nil {
		return b, err
	}
	if previous := pins[previousPin]; previous != "" && previous != "unknown" && flags == "" { // the bundle has no token to ask for it
		flags = " --previous " + previous
	}
	b.Command = bundleCommand(c.Name, flags, whole)
	if b.Engine, err = e.Version(ctx); err != nil {
		return b, err
	}
	dockerfile, err := e.Dockerfile(ctx)
	if err != nil {
		return b, err
	}
	maps.Copy(b.Pins, pins)
	for _, name := range bundleImages(dockerfile, pins) {
		if b.Images[name], err = e.Image(ctx, name); err != nil {
			b.Images[name] = "not found: " + err.Error()
		}
	}
	return b, nil
}

// bundleCommand returns the command that runs a step in the folder of its bundle, with the history that the bundle has.
func bundleCommand(name, flags string, history bool) string {
	of := "-m MODULE --source " + BundleFolder
	if history {
		of += " --git " + BundleFolder
	}
	return strings.Replace(Call(name)+flags, "dagger call", "dagger call "+of, 1)
}

// bundleImages returns the images of the Dockerfile, then those among the pins, whose names begin with "image".
func bundleImages(dockerfile string, pins map[string]string) []string {
	images := Images(dockerfile)
	for _, name := range slices.Sorted(maps.Keys(pins)) {
		if strings.HasPrefix(name, "image") {
			images = append(images, pins[name])
		}
	}
	return images
}

// BundleFiles are the files that a bundle has beside those of its step: pipeline.toml and every file that it names are
// read before any step runs.
func BundleFiles(f pipeline.Config, pipelineFile string) []string {
	files := append(f.Configs(), pipelineFile, f.App.Dockerfile)
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
