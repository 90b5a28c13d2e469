// Package flytoml turns a fly.toml into machine configs.
package flytoml

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// defaultGroup is Fly's name for the process group of an app without [processes].
const defaultGroup = fly.MachineProcessGroupApp

// A Config is a checked fly.toml. Only Parse makes one, and no method changes it: the With… methods return copies, and
// every returned machine config is a copy that the caller may change.
type Config struct {
	App           string
	PrimaryRegion string
	Deploy        Deploy
	Build         Build

	image      string
	metadata   map[string]string
	parsed     parsed
	definition json.RawMessage
}

// parsed has the sections of the file as fly-go's types, each with the process groups that it applies to.
type parsed struct {
	groups     []string
	env        map[string]string
	commands   map[string][]string
	init       fly.MachineInit
	services   []scoped[fly.MachineService]
	checks     []scoped[namedCheck]
	guests     []scoped[fly.MachineGuest]
	mounts     []scoped[mount]
	files      []scoped[fly.File]
	restarts   []scoped[fly.MachineRestart]
	metrics    []scoped[fly.MachineMetrics]
	tests      []scoped[test]
	statics    []*fly.Static
	stopConfig *fly.StopConfig
}

// A Warning is about a line that Fly accepts and that its author probably did not mean.
type Warning = tomlfile.Problem

// Groups returns the process groups, sorted by name.
func (c Config) Groups() []string { return slices.Clone(c.parsed.groups) }

// DefaultGroup returns the process group of all sections without the key processes: "app" if there is such a group,
// otherwise the first in the alphabet.
func (c Config) DefaultGroup() string { return c.parsed.defaultGroup() }

func (p parsed) defaultGroup() string {
	if slices.Contains(p.groups, defaultGroup) {
		return defaultGroup
	}
	return p.groups[0]
}

// WithApp returns a copy for an app of another name, such as a preview made from a template.
func (c Config) WithApp(app string) Config {
	c.App = app
	return c
}

// WithImage returns a copy whose machines run this image.
func (c Config) WithImage(image string) Config {
	c.image = image
	return c
}

// WithMetadata returns a copy whose machines have more metadata, such as the id of their release.
func (c Config) WithMetadata(metadata map[string]string) Config {
	all := maps.Clone(c.metadata)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, metadata)
	c.metadata = all
	return c
}

// HasServices reports whether the app has services, so that it needs a public address.
func (c Config) HasServices() bool { return len(c.parsed.services) > 0 }

// An UnknownGroupError names a process group that the fly.toml lacks, and the groups that it has.
type UnknownGroupError struct {
	Group string
	Known []string
}

var _ interface{ Hint() string } = (*UnknownGroupError)(nil)

func (e *UnknownGroupError) Error() string {
	return fmt.Sprintf("unknown process group %q%s", e.Group, spelling.DidYouMean(e.Group, e.Known))
}

// Hint lists the known names.
func (e *UnknownGroupError) Hint() string { return "the groups are " + strings.Join(e.Known, ", ") }
