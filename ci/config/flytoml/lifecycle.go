package flytoml

import (
	"strings"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

var restartPolicies = map[string]fly.MachineRestartPolicy{
	"always":     fly.MachineRestartPolicyAlways,
	"never":      fly.MachineRestartPolicyNo, // "no" in the API
	"on-failure": fly.MachineRestartPolicyOnFailure,
}

// lifecycle reads the settings for stop, restart, metrics and machine checks.
func (r *reader) lifecycle(root *tomlfile.Table) {
	r.stop(root)
	for _, t := range root.Tables("restart") {
		policy := tomlfile.Or(r.oneOf(t, "policy", "always", "never", "on-failure"), "")
		if !t.Has("policy") {
			t.Refuse("", "policy is missing: always, never or on-failure")
		}
		s := newScoped(r, t, fly.MachineRestart{Policy: restartPolicies[policy], MaxRetries: tomlfile.Or(r.atLeast(t, "retries", 0), 0)})
		r.refuseUnknownGroups(t)
		refuseSecond(t, r.out.restarts, s)
		r.out.restarts = append(r.out.restarts, s)
	}
	for _, t := range r.renamedTables(root, "metrics", "metric") {
		m := fly.MachineMetrics{Path: tomlfile.Or(t.String("path"), ""), Https: tomlfile.Or(t.Bool("https"), false)}
		if m.Port = tomlfile.Or(r.port(t, "port"), 0); !t.Has("port") {
			t.Refuse("", "port is missing: the port of the metrics")
		}
		s := newScoped(r, t, m)
		r.warnUnknownGroups(t)
		if g := second(r.out.metrics, s); g != "" {
			r.warn(t, "", "process group %q is in an earlier one of these tables, and Fly uses the first: remove the group from one of them", g)
		}
		r.out.metrics = append(r.out.metrics, s)
	}
	if len(r.out.metrics) == 0 {
		r.oldMetrics(root.Table("experimental"))
	}
	r.tests(root)
}

// oldMetrics reads the metrics of [experimental] in older files.
func (r *reader) oldMetrics(t *tomlfile.Table) {
	if port := r.port(t, "metrics_port"); port != nil {
		m := fly.MachineMetrics{Port: *port, Path: tomlfile.Or(t.String("metrics_path"), "")}
		r.out.metrics = append(r.out.metrics, scoped[fly.MachineMetrics]{value: m, groups: []string{r.out.defaultGroup()}})
	}
}

func (r *reader) stop(t *tomlfile.Table) {
	stop := fly.StopConfig{Signal: t.String("kill_signal"), Timeout: r.duration(t, "kill_timeout", time.Second)}
	if old := t.Table("experimental"); stop.Timeout == nil && old.Has("kill_timeout") {
		stop.Timeout = r.duration(old, "kill_timeout", time.Second)
	}
	if stop.Signal != nil && !strings.HasPrefix(*stop.Signal, "SIG") {
		t.Refuse("kill_signal", "%q is not a signal: write its name, as in SIGTERM", *stop.Signal)
	}
	if stop.Timeout != nil && stop.Timeout.Duration > 24*time.Hour {
		t.Refuse("kill_timeout", "must be at most a day")
	}
	if stop.Signal != nil || stop.Timeout != nil {
		r.out.stopConfig = &stop
	}
}
