package flytoml

import (
	"cmp"
	"strings"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// namedCheck is one of [checks.NAME].
type namedCheck struct {
	name  string
	check fly.MachineCheck
}

// serviceCheck reads a check of a service. Fly silently limits the durations of such a check to 1 s to 1 min;
// serviceCheck warns of that.
func (r *reader) serviceCheck(t *tomlfile.Table, kind string) fly.MachineServiceCheck {
	c := r.check(t)
	r.clamp(t, "interval", c.Interval)
	r.clamp(t, "timeout", c.Timeout)
	if g := c.GracePeriod; g != nil && (g.Duration > time.Minute || g.Duration > 0 && g.Duration < time.Second) {
		r.warn(t, "grace_period", "%s is outside 1s to 1m, and flyctl warns that Fly changes it to that range", g.Duration)
	}
	s := fly.MachineServiceCheck{Type: &kind, Interval: c.Interval, Timeout: c.Timeout, GracePeriod: c.GracePeriod}
	if kind == "http" {
		r.http(t, &c)
		s.HTTPMethod, s.HTTPPath, s.HTTPProtocol, s.HTTPHeaders = c.HTTPMethod, c.HTTPPath, c.HTTPProtocol, c.HTTPHeaders
		s.HTTPSkipTLSVerify, s.HTTPTLSServerName = c.HTTPSkipTLSVerify, c.HTTPTLSServerName
	}
	return s
}

func (r *reader) clamp(t *tomlfile.Table, key string, d *fly.Duration) {
	if d == nil || d.Duration >= time.Second && d.Duration <= time.Minute {
		return
	}
	was := d.Duration
	d.Duration = min(max(d.Duration, time.Second), time.Minute)
	r.warn(t, key, "%s is outside 1s to 1m, Fly uses %s", was, d.Duration)
}

func (r *reader) checks(root *tomlfile.Table) {
	if _, isList := root.Any("checks").([]any); isList {
		for _, t := range root.Tables("checks") {
			r.namedCheck(root, t, tomlfile.Or(t.String("name"), ""))
		}
		return
	}
	all := root.Table("checks")
	for _, name := range all.Keys() {
		if t := all.Table(name); t != nil { // all.Table reports a value that is no table
			r.namedCheck(root, t, name)
		}
	}
}

func (r *reader) namedCheck(root, t *tomlfile.Table, name string) {
	if name == "" {
		t.Refuse("", "name is missing: the name of the check")
	}
	r.warnUnknownGroups(t)
	r.out.checks = append(r.out.checks, newScoped(r, t, namedCheck{name, r.topLevelCheck(root, t)}))
}

func (r *reader) topLevelCheck(root, t *tomlfile.Table) fly.MachineCheck {
	c := r.check(t)
	r.http(t, &c)
	c.Type = r.oneOf(t, "type", "tcp", "http")
	c.Port = r.port(t, "port")
	if kind := r.oneOf(t, "kind", "informational", "readiness"); kind != nil {
		k := fly.MachineCheckKind(*kind)
		c.Kind = &k
	}
	if !t.Has("type") {
		t.Refuse("", "type is missing: tcp or http")
	}
	if !t.Has("port") {
		if c.Port = r.port(root.Table("http_service"), "internal_port"); c.Port == nil {
			t.Refuse("", "port is missing, and no http_service has an internal_port to use instead")
		}
	}
	if c.Interval != nil && c.Interval.Duration < 2*time.Second {
		t.Refuse("interval", "must be at least 2s; a number without a unit is milliseconds")
	}
	if c.Timeout != nil && c.Timeout.Duration > time.Minute {
		t.Refuse("timeout", "must be at most 60s")
	}
	return c
}

// check reads the durations that every kind of check has.
func (r *reader) check(t *tomlfile.Table) fly.MachineCheck {
	return fly.MachineCheck{
		Interval:    r.duration(t, "interval", time.Millisecond),
		Timeout:     r.duration(t, "timeout", time.Millisecond),
		GracePeriod: r.duration(t, "grace_period", time.Millisecond),
	}
}

// http adds to c the keys that only http checks have.
func (r *reader) http(t *tomlfile.Table, c *fly.MachineCheck) {
	if method := t.String("method"); method != nil {
		upper := strings.ToUpper(*method)
		c.HTTPMethod = &upper
	}
	c.HTTPPath = t.String("path")
	c.HTTPProtocol = r.oneOf(t, "protocol", "http", "https")
	c.HTTPSkipTLSVerify = t.Bool("tls_skip_verify")
	c.HTTPTLSServerName = t.String("tls_server_name")
	if c.HTTPPath != nil && !strings.HasPrefix(*c.HTTPPath, "/") {
		r.warn(t, "path", "does not begin with /, and Fly gets it as it is")
	}
	c.HTTPHeaders = r.headers(t)
}

// headers reads a table of headers, or the list of older files: [[…headers]] with name and value.
func (r *reader) headers(t *tomlfile.Table) (headers []fly.MachineHTTPHeader) {
	if _, isList := t.Any("headers").([]any); isList {
		for _, h := range t.Tables("headers") {
			value, ok := scalar(cmp.Or(h.Any("value"), any("")))
			if !ok {
				h.Refuse("value", "must be a single value, not %s", tomlfile.Kind(h.Any("value")))
			}
			name := tomlfile.Or(h.String("name"), "")
			if name == "" {
				h.Refuse("", "name is missing: the name of the header")
			}
			headers = append(headers, fly.MachineHTTPHeader{Name: name, Values: []string{value}})
		}
		return headers
	}
	table := t.Table("headers")
	for _, name := range table.Keys() {
		values := []string{}
		if _, isList := table.Any(name).([]any); isList {
			values = table.Strings(name)
		} else if v, ok := scalar(table.Any(name)); ok {
			values = []string{v}
		} else {
			table.Refuse(name, "must be a single value or a list of texts, not %s", tomlfile.Kind(table.Any(name)))
		}
		headers = append(headers, fly.MachineHTTPHeader{Name: name, Values: values})
	}
	return headers
}
