package cloud

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
)

// Config is the part of a machine's config that flylocal acts on. The rest is kept as it was sent.
type Config struct {
	Image       string            `json:"image"`
	Env         map[string]string `json:"env"`
	Init        Init              `json:"init"`
	Guest       *Guest            `json:"guest"`
	Metadata    map[string]string `json:"metadata"`
	Services    []Service         `json:"services"`
	Checks      map[string]Probe  `json:"checks"`
	Restart     *Restart          `json:"restart"`
	AutoDestroy bool              `json:"auto_destroy"`
	Stop        *StopConfig       `json:"stop_config"`
	Containers  []json.RawMessage `json:"containers"`
	Schedule    string            `json:"schedule"`
	DNS         *struct {
		SkipRegistration bool `json:"skip_registration"`
	} `json:"dns"`
	Mounts []struct {
		Volume, Name, Path string
	} `json:"mounts"`
	Files []struct {
		Path   string  `json:"guest_path"`
		Raw    *string `json:"raw_value"`
		Secret *string `json:"secret_name"`
		Mode   int64   `json:"mode"`
	} `json:"files"`
}

// Init is what runs in place of what the image says.
type Init struct {
	Exec       []string `json:"exec"`
	Entrypoint []string `json:"entrypoint"`
	Cmd        []string `json:"cmd"`
	TTY        bool     `json:"tty"`
}

// Guest is the size of a machine.
type Guest struct {
	Kind     string `json:"cpu_kind"`
	CPUs     int    `json:"cpus"`
	MemoryMB int    `json:"memory_mb"`
}

// Service is a port the proxy serves.
type Service struct {
	Protocol   string   `json:"protocol"`
	Port       int      `json:"internal_port"`
	Autostart  *bool    `json:"autostart"`
	Autostop   Autostop `json:"autostop"`
	MinRunning int      `json:"min_machines_running"`
	Checks     []Probe  `json:"checks"`
	Ports      []struct {
		Port     *int     `json:"port"`
		Handlers []string `json:"handlers"`
	} `json:"ports"`
}

// Probe is how a health check is done.
type Probe struct {
	Type     string   `json:"type"`
	Kind     string   `json:"kind"`
	Port     int      `json:"port"`
	Interval Duration `json:"interval"`
	Timeout  Duration `json:"timeout"`
	Grace    Duration `json:"grace_period"`
	Method   string   `json:"method"`
	Path     string   `json:"path"`
	Protocol string   `json:"protocol"`
	SkipTLS  bool     `json:"tls_skip_verify"`
	SNI      string   `json:"tls_server_name"`
	Headers  []struct {
		Name   string   `json:"name"`
		Values []string `json:"values"`
	} `json:"headers"`
}

// Restart says when a process that ended is started again.
type Restart struct {
	Policy string `json:"policy"`
	Max    int    `json:"max_retries"`
}

// StopConfig says how a process is asked to end.
type StopConfig struct {
	Timeout *Duration `json:"timeout"`
	Signal  *string   `json:"signal"`
}

// Duration reads "15s", and a number as nanoseconds, as Fly does.
type Duration time.Duration

// UnmarshalJSON reads a duration.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
	case float64:
		*d = Duration(v)
	case string:
		parsed, err := time.ParseDuration(v)
		if err != nil {
			return fmt.Errorf("invalid duration %q", v)
		}
		*d = Duration(parsed)
	default:
		return fmt.Errorf("invalid duration %s", data)
	}
	return nil
}

// ParseConfig reads a machine's config and says what cannot run.
func ParseConfig(raw json.RawMessage) (Config, error) {
	var c Config
	if err := json.Unmarshal(raw, &c); err != nil {
		return c, problem(422, "invalid machine config: %v", err)
	}
	if len(c.Containers) > 0 {
		return c, problem(501, "flylocal does not run several containers in one machine")
	}
	if c.Schedule != "" {
		return c, problem(501, "flylocal does not run machines on a schedule")
	}
	if c.Image == "" {
		return c, problem(422, "invalid machine config: image is required")
	}
	for i, f := range c.Files {
		if f.Path == "" || f.Path[0] != '/' {
			return c, problem(422, "invalid machine config: file %d: guest_path must be absolute", i)
		}
		if f.Raw != nil {
			if _, err := base64.StdEncoding.DecodeString(*f.Raw); err != nil {
				return c, problem(422, "invalid machine config: file %s: raw_value is not base64", f.Path)
			}
		}
	}
	for i, s := range c.Services {
		if s.Port < 1 || s.Port > 65535 {
			return c, problem(422, "invalid machine config: service %d: internal_port %d", i, s.Port)
		}
	}
	for name, p := range c.Checks {
		if p.Type != "http" && p.Type != "tcp" {
			return c, problem(422, "invalid machine config: check %s: type %q must be http or tcp", name, p.Type)
		}
	}
	return c, nil
}

// withField sets one field of a raw config and leaves the rest as it was sent.
func withField(raw json.RawMessage, name string, v any) json.RawMessage {
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &fields) != nil {
		return raw
	}
	fields[name], _ = json.Marshal(v)
	out, err := json.Marshal(fields)
	if err != nil {
		return raw
	}
	return out
}
