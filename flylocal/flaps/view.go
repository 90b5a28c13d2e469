package flaps

import (
	"encoding/json"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
)

type machineView struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	State     string          `json:"state"`
	Region    string          `json:"region"`
	Image     imageView       `json:"image_ref"`
	Instance  string          `json:"instance_id"`
	Version   string          `json:"version"`
	Address   string          `json:"private_ip"`
	Created   string          `json:"created_at"`
	Updated   string          `json:"updated_at"`
	Config    json.RawMessage `json:"config"`
	Events    []cloud.Event   `json:"events"`
	Checks    []cloud.Check   `json:"checks,omitempty"`
	Nonce     string          `json:"nonce,omitempty"`
	Host      string          `json:"host_status"`
	Cordoned  bool            `json:"cordoned,omitempty"`
	SecretsAt uint64          `json:"secrets_version,omitempty"` // flylocal's own: the version of the machine's secrets
}

type imageView struct {
	Registry   string            `json:"registry"`
	Repository string            `json:"repository"`
	Tag        string            `json:"tag,omitempty"`
	Digest     string            `json:"digest"`
	Labels     map[string]string `json:"labels"`
}

// viewMachine leaves the nonce of the lease out: only its holder gets it.
func viewMachine(m cloud.Machine) machineView {
	return machineView{
		ID: m.ID, Name: m.Name, State: m.State, Region: m.Region, Instance: m.Instance, Version: m.Instance,
		Image:   imageView{m.Image.Registry, m.Image.Repository, m.Image.Tag, m.Image.Digest, m.Image.Labels},
		Address: m.Address, Created: m.Created.UTC().Format(time.RFC3339), Updated: m.Updated.UTC().Format(time.RFC3339),
		Config: m.Config, Events: m.Events, Checks: m.Checks(), Host: "ok", Cordoned: m.Cordoned, SecretsAt: m.SecretsAt,
	}
}
