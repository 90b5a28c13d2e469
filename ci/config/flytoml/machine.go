package flytoml

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/shlex"
	"github.com/superfly/fly-go"
)

// Machine returns the config of a new machine of a process group, or an *UnknownGroupError. The config's guest is nil
// when the file has no [[vm]]: Fly then uses its smallest size.
func (c Config) Machine(group string) (*fly.MachineConfig, error) {
	p := c.parsed
	if !slices.Contains(p.groups, group) {
		return nil, &UnknownGroupError{Group: group, Known: c.Groups()}
	}
	m := &fly.MachineConfig{
		Image:      c.image,
		Env:        c.env(group),
		Metadata:   c.labels(group),
		Init:       p.initFor(group),
		Guest:      p.guestFor(group),
		Services:   pick(p.services, group),
		Mounts:     p.mountsFor(group),
		Files:      p.filesFor(group),
		StopConfig: p.stopConfig,
		Restart:    first(pick(p.restarts, group)),
		Metrics:    first(pick(p.metrics, group)),
		Statics:    p.statics,
	}
	for _, check := range pick(p.checks, group) {
		if m.Checks == nil {
			m.Checks = map[string]fly.MachineCheck{}
		}
		m.Checks[check.name] = check.check
	}
	return copyOf(m), nil
}

// ReleaseMachine returns the config of the machine that runs the release command; nil when there is no command. That
// machine has the app's environment variables and files, no services, checks or volumes, and destroys itself. Its size
// is [deploy.release_command_vm]; without that section the size of the running machine with the most memory; without a
// running machine 512 MB.
func (c Config) ReleaseMachine(running ...*fly.MachineGuest) *fly.MachineConfig {
	words, _ := shlex.Split(c.Deploy.ReleaseCommand) // Parse has refused a command that does not split
	if len(words) == 0 {
		return nil
	}
	m := c.shortLived(fly.MachineProcessGroupFlyAppReleaseCommand, c.DefaultGroup())
	m.Env["RELEASE_COMMAND"] = "1"
	m.Init.Cmd, m.Init.Entrypoint = words, c.parsed.init.Entrypoint
	if m.Guest = c.Deploy.ReleaseCommandVM; m.Guest == nil {
		m.Guest = largest(running)
	}
	return copyOf(m)
}

// shortLived returns the config of a machine that runs once and destroys itself, without restarts and without a DNS name.
func (c Config) shortLived(role, group string) *fly.MachineConfig {
	return &fly.MachineConfig{
		Image:       c.image,
		Env:         c.env(role),
		Metadata:    c.labels(role),
		Init:        fly.MachineInit{SwapSizeMB: c.parsed.init.SwapSizeMB},
		Files:       c.parsed.filesFor(group),
		StopConfig:  c.parsed.stopConfig,
		Restart:     &fly.MachineRestart{Policy: fly.MachineRestartPolicyNo},
		AutoDestroy: true,
		DNS:         &fly.DNSConfig{SkipRegistration: true},
	}
}

func largest(guests []*fly.MachineGuest) *fly.MachineGuest {
	var found *fly.MachineGuest
	for _, g := range guests {
		if g != nil && (found == nil || g.MemoryMB > found.MemoryMB) {
			found = g
		}
	}
	if found == nil {
		return preset("shared-cpu-2x")
	}
	return found
}

// env returns the variables of [env] and those that flyctl adds.
func (c Config) env(group string) map[string]string {
	env := maps.Clone(c.parsed.env)
	env["FLY_PROCESS_GROUP"] = group
	if c.PrimaryRegion != "" {
		env["PRIMARY_REGION"] = c.PrimaryRegion
	}
	return env
}

// labels returns the metadata by which this pipeline and flyctl recognise a machine of the app.
func (c Config) labels(group string) map[string]string {
	labels := map[string]string{}
	maps.Copy(labels, c.metadata)
	labels[fly.MachineConfigMetadataKeyFlyPlatformVersion] = fly.MachineFlyPlatformVersion2
	labels[fly.MachineConfigMetadataKeyFlyProcessGroup] = group
	return labels
}

func (p parsed) initFor(group string) fly.MachineInit {
	init := p.init
	if words := p.commands[group]; len(words) > 0 {
		init.Cmd = words
	}
	return init
}

func (p parsed) filesFor(group string) []*fly.File {
	var files []*fly.File
	for _, f := range pick(p.files, group) {
		files = append(files, &f)
	}
	return files
}

func first[T any](values []T) *T {
	if len(values) == 0 {
		return nil
	}
	return &values[0]
}

// copyOf returns a deep copy, which the caller may change.
func copyOf(m *fly.MachineConfig) *fly.MachineConfig {
	text, err := json.Marshal(m)
	if err != nil {
		panic(err) // every value of a MachineConfig can be encoded as JSON
	}
	var copied fly.MachineConfig
	if err := json.Unmarshal(text, &copied); err != nil {
		panic(err)
	}
	return &copied
}
