// Package flytoml turns a fly.toml into machine configs.
package flytoml

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// defaultGroup is what Fly calls the machines of an app without [processes].
const defaultGroup = fly.MachineProcessGroupApp

// A Config is a checked fly.toml. It is made by Parse and never
// changes: With… return copies, and every machine config it hands out belongs
// to the caller.
type Config struct {
	App           string
	PrimaryRegion string
	Deploy        Deploy

	image    string
	metadata map[string]string
	parsed   parsed
}

// parsed is the file's sections in fly-go's words, each with the groups it is
// for.
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

// A Warning is something that Fly would accept and its author probably did not
// mean.
type Warning = tomlfile.Problem

// Groups lists the process groups in order.
func (c Config) Groups() []string { return slices.Clone(c.parsed.groups) }

// DefaultGroup is the one that sections without processes belong to: "app",
// or the first in the alphabet.
func (c Config) DefaultGroup() string { return c.parsed.defaultGroup() }

func (p parsed) defaultGroup() string {
	if slices.Contains(p.groups, defaultGroup) {
		return defaultGroup
	}
	return p.groups[0]
}

// Named is the config for an app of another name: how a template becomes the
// config of one preview.
func (c Config) Named(app string) Config {
	c.App = app
	return c
}

// WithImage is a config whose machines run this image.
func (c Config) WithImage(image string) Config {
	c.image = image
	return c
}

// WithMetadata is a config whose machines carry more metadata, such as the
// release they belong to.
func (c Config) WithMetadata(metadata map[string]string) Config {
	all := maps.Clone(c.metadata)
	if all == nil {
		all = map[string]string{}
	}
	maps.Copy(all, metadata)
	c.metadata = all
	return c
}

// HasServices reports whether the app can be reached from outside, and so needs
// an address.
func (c Config) HasServices() bool { return len(c.parsed.services) > 0 }

// An UnknownGroupError lists the groups there are.
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
