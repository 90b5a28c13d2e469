package flytoml

import (
	"strconv"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

func (r *reader) services(root *tomlfile.Table) {
	if t := root.Table("http_service"); t != nil {
		r.addService(t, r.httpService(t))
	}
	for _, t := range root.Tables("services") {
		if len(t.Keys()) == 0 {
			r.warn(t, "", "it has no keys, so that Fly ignores it: remove it")
			continue
		}
		r.addService(t, r.service(t))
	}
}

// addService adds a service to its process groups. As on Fly, a service must name its groups when the file has
// [processes], and no other groups.
func (r *reader) addService(t *tomlfile.Table, s fly.MachineService) {
	scoped := newScoped(r, t, s)
	r.refuseUnknownGroups(t)
	if !scoped.listed && r.stated {
		t.Refuse("", "this service names no process group of [processes]: add processes = [\"%s\"]", r.out.defaultGroup())
	}
	r.out.services = append(r.out.services, scoped)
	r.tests(t)
}

// httpService reads [http_service], the short form of a service: ports 80 and 443 in front of one internal port.
func (r *reader) httpService(t *tomlfile.Table) fly.MachineService {
	s := r.common(t)
	s.Protocol = "tcp"
	for _, check := range t.Tables("checks") {
		s.Checks = append(s.Checks, r.serviceCheck(check, "http"))
	}
	options := r.httpOptions(t.Table("http_options"))
	plain, encrypted := 80, 443
	s.Ports = []fly.MachinePort{
		{Port: &plain, Handlers: []string{"http"}, ForceHTTPS: tomlfile.Or(t.Bool("force_https"), false), HTTPOptions: options},
		{Port: &encrypted, Handlers: []string{"http", "tls"}, HTTPOptions: options, TLSOptions: r.tlsOptions(t.Table("tls_options"))},
	}
	return s
}

func (r *reader) service(t *tomlfile.Table) fly.MachineService {
	s := r.common(t)
	if s.Protocol = "tcp"; tomlfile.Or(t.String("protocol"), "") != "" {
		s.Protocol = tomlfile.Or(r.oneOf(t, "protocol", "tcp", "udp"), "")
	}
	for _, p := range t.Tables("ports") {
		s.Ports = append(s.Ports, r.servicePort(p))
	}
	if len(s.Ports) == 0 {
		r.warn(t, "", "it has no ports: nothing outside can reach it")
	}
	for _, kind := range []string{"tcp", "http"} {
		for _, check := range t.Tables(kind + "_checks") {
			s.Checks = append(s.Checks, r.serviceCheck(check, kind))
		}
	}
	return s
}

func (r *reader) common(t *tomlfile.Table) fly.MachineService {
	s := fly.MachineService{
		Autostop:           r.autostop(t),
		Autostart:          t.Bool("auto_start_machines"),
		MinMachinesRunning: r.atLeast(t, "min_machines_running", 0),
		Concurrency:        r.concurrency(t),
	}
	if port := r.port(t, "internal_port"); port != nil {
		s.InternalPort = *port
	} else if !t.Has("internal_port") {
		t.Refuse("", "internal_port is missing: the port on which the app listens")
	}
	return s
}

// autostop reads the present values off, stop and suspend, and the booleans of older files.
func (r *reader) autostop(t *tomlfile.Table) *fly.MachineAutostop {
	var s fly.MachineAutostop
	switch v := t.Any("auto_stop_machines").(type) {
	case nil:
		return nil
	case bool:
		if v {
			s = fly.MachineAutostopStop
		}
		return &s
	case string:
		if s.UnmarshalText([]byte(v)) == nil {
			return &s
		}
	}
	t.Refuse("auto_stop_machines", `must be "off", "stop" or "suspend"`)
	return nil
}

// concurrency reads a table, or "soft,hard" in older files.
func (r *reader) concurrency(t *tomlfile.Table) *fly.MachineServiceConcurrency {
	const key = "concurrency"
	if legacy, ok := t.Any(key).(string); ok {
		soft, hard, _ := strings.Cut(legacy, ",")
		s, errSoft := strconv.Atoi(strings.TrimSpace(soft))
		h, errHard := strconv.Atoi(strings.TrimSpace(hard))
		if errSoft != nil || errHard != nil || s < 0 || h < 0 {
			t.Refuse(key, `must be a table, or "soft,hard" as in "20,25"`)
		}
		return &fly.MachineServiceConcurrency{Type: "requests", SoftLimit: s, HardLimit: h}
	}
	c := t.Table(key)
	if c == nil {
		return nil
	}
	limits := &fly.MachineServiceConcurrency{
		Type:      tomlfile.Or(r.oneOf(c, "type", "connections", "requests"), ""),
		SoftLimit: tomlfile.Or(r.atLeast(c, "soft_limit", 0), 0),
		HardLimit: tomlfile.Or(r.atLeast(c, "hard_limit", 0), 0),
	}
	if limits.HardLimit > 0 && limits.SoftLimit > limits.HardLimit {
		r.warn(c, "soft_limit", "is above hard_limit, so that soft_limit has no effect")
	}
	return limits
}
