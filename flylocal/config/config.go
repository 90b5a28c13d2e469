// Package config is the config of a machine: the part of it that flylocal acts on.
package config

import (
	"encoding/json"
)

// Config is the part of a machine's config that flylocal acts on. The cloud keeps the whole config as it was sent.
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

// Init replaces the command of the image.
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

// Service is a port that the proxy sends requests to.
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

// Probe is a health check as the config describes it.
type Probe struct {
	Name     string   `json:"-"` // set by Probes
	Service  bool     `json:"-"` // set by Probes: the proxy sends no requests while it fails
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

// Restart is the policy by which a process that ended is started again.
type Restart struct {
	Policy string `json:"policy"`
	Max    int    `json:"max_retries"`
}

// StopConfig is the signal that ends a process, and the time the process has to end.
type StopConfig struct {
	Timeout *Duration `json:"timeout"`
	Signal  *string   `json:"signal"`
}
