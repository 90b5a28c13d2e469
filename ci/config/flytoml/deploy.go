package flytoml

import (
	"cmp"
	"math"
	"time"

	"github.com/google/shlex"
	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Strategy names the way in which a deploy replaces machines.
type Strategy string

const (
	Rolling   Strategy = "rolling"
	Canary    Strategy = "canary"
	BlueGreen Strategy = "bluegreen"
	Immediate Strategy = "immediate"
)

var strategies = []string{string(Rolling), string(Canary), string(BlueGreen), string(Immediate)}

// Deploy is the [deploy] section with Fly's defaults. It controls a deploy and is not part of any machine config.
type Deploy struct {
	Strategy              Strategy
	MaxUnavailable        MaxUnavailable
	WaitTimeout           time.Duration
	ReleaseCommand        string        // empty: none
	ReleaseCommandTimeout time.Duration // 0: no limit
	ReleaseCommandVM      *fly.MachineGuest
	SeedCommand           string
}

// MaxUnavailable limits how many machines of a group a deploy replaces at the same time: a value below 1 is a fraction
// of the group, any other value is a number of machines.
type MaxUnavailable float64

// Of returns the limit for a group of n machines: at least 1, because a deploy with the limit 0 could replace no machine.
func (m MaxUnavailable) Of(n int) int {
	if m < 1 {
		return min(n, max(1, int(math.Ceil(float64(n)*float64(m)))))
	}
	return min(n, int(m))
}

func (r *reader) deploy(root *tomlfile.Table) Deploy {
	t := root.Table("deploy")
	d := Deploy{
		Strategy:              Strategy(cmp.Or(tomlfile.Or(t.String("strategy"), ""), string(Rolling))),
		MaxUnavailable:        r.maxUnavailable(t),
		WaitTimeout:           5 * time.Minute,
		ReleaseCommand:        tomlfile.Or(t.String("release_command"), ""),
		ReleaseCommandTimeout: 5 * time.Minute,
		SeedCommand:           tomlfile.Or(t.String("seed_command"), ""),
	}
	if v := r.duration(t, "wait_timeout", time.Second); v != nil {
		d.WaitTimeout = v.Duration
	}
	if v, ok := t.Any("release_command_timeout").(string); ok && v == "none" {
		d.ReleaseCommandTimeout = 0
	} else if v := r.duration(t, "release_command_timeout", time.Second); v != nil {
		d.ReleaseCommandTimeout = v.Duration
	}
	if vm := t.Table("release_command_vm"); vm != nil {
		d.ReleaseCommandVM = r.guest(vm)
		d.ReleaseCommandVM.HostDedicationID = cmp.Or(d.ReleaseCommandVM.HostDedicationID, tomlfile.Or(root.String("host_dedication_id"), ""))
	}
	r.checkDeploy(t, d)
	return d
}

func (r *reader) checkDeploy(t *tomlfile.Table, d Deploy) {
	if !isOneOf(string(d.Strategy), strategies) {
		t.Refuse("strategy", "unknown strategy %q%s; the strategies are rolling, canary, bluegreen and immediate",
			d.Strategy, spelling.DidYouMean(string(d.Strategy), strategies))
	}
	for key, command := range map[string]string{"release_command": d.ReleaseCommand, "seed_command": d.SeedCommand} {
		if _, err := shlex.Split(command); err != nil {
			t.Refuse(key, "a quote is not closed. No shell runs the command: write sh -c '…' if the command needs a shell")
		}
	}
	if t.Has("seed_command") {
		r.warn(t, "seed_command", "a deploy does not run it, only `fly launch` does: run it from the release command, or by hand")
	}
	if d.WaitTimeout == 0 {
		t.Refuse("wait_timeout", "must not be zero: a machine needs time to become healthy")
	}
}

func (r *reader) maxUnavailable(t *tomlfile.Table) MaxUnavailable {
	var m MaxUnavailable
	switch v := t.Any("max_unavailable").(type) {
	case nil:
		return 0.33
	case int64:
		m = MaxUnavailable(v)
	case float64:
		m = MaxUnavailable(v)
	default:
		t.Refuse("max_unavailable", "must be a fraction below 1 or a whole number, not %s", tomlfile.Kind(v))
		return 0.33
	}
	if !(m > 0) || math.IsInf(float64(m), 0) || m >= 1 && float64(m) != math.Trunc(float64(m)) {
		t.Refuse("max_unavailable", "must be a fraction between 0 and 1 or a whole number of machines")
	}
	return m
}
