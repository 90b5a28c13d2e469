package flytoml

import (
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// test is one of machine_checks: a short-lived machine that tests another machine.
type test struct {
	image      string
	command    []string
	entrypoint []string
	stop       *fly.StopConfig
}

// tests reads the machine_checks of the file or of one service. They test machines of the section's groups; at the top
// level of the file, machines of the default group.
func (r *reader) tests(section *tomlfile.Table) {
	for _, t := range section.Tables("machine_checks") {
		stop := fly.StopConfig{Signal: t.String("kill_signal"), Timeout: r.duration(t, "kill_timeout", time.Second)}
		one := test{
			image:      tomlfile.Or(t.String("image"), ""),
			command:    r.words(t, "command"),
			entrypoint: r.words(t, "entrypoint"),
		}
		if stop.Signal != nil || stop.Timeout != nil {
			one.stop = &stop
		}
		if len(one.command) == 0 && len(one.entrypoint) == 0 && one.image == "" {
			t.Refuse("", "command, entrypoint or image is missing: what the machine check runs")
		}
		r.out.tests = append(r.out.tests, newScoped(r, section, one))
	}
}

// TestMachines returns the configs of the machines that test the machine of this group at the given address. They end
// by themselves; an exit code other than zero means that the test failed.
func (c Config) TestMachines(group, address string) []*fly.MachineConfig {
	var machines []*fly.MachineConfig
	for _, t := range pick(c.parsed.tests, group) {
		m := c.shortLived(fly.MachineProcessGroupFlyAppTestMachineCommand, group)
		m.Env["FLY_TEST_COMMAND"], m.Env["FLY_TEST_MACHINE_IP"] = "1", address
		m.Init.Cmd, m.Init.Entrypoint = t.command, t.entrypoint
		m.Guest = c.parsed.guestFor(group)
		if m.Guest == nil {
			m.Guest = preset(fly.DefaultVMSize)
		}
		if t.image != "" {
			m.Image = t.image
		}
		if t.stop != nil {
			m.StopConfig = t.stop
		}
		machines = append(machines, copyOf(m))
	}
	return machines
}
