package cloud

import (
	"encoding/json"
	"time"
)

// Release is the record of one deploy, as the client that deploys reports it. Fly checks nothing of it.
type Release struct {
	ID         string          `json:"id"`
	Version    int             `json:"version"`
	Status     string          `json:"status"`
	Strategy   string          `json:"strategy"`
	Image      string          `json:"image_ref"`
	Definition json.RawMessage `json:"definition,omitempty"`
	Metadata   json.RawMessage `json:"metadata,omitempty"`
	Reason     string          `json:"reason,omitempty"`
	User       string          `json:"user"`
	Created    time.Time       `json:"created_at"`
	Updated    time.Time       `json:"updated_at"`
}

// Done reports whether the deploy ended.
func (r Release) Done() bool { return r.Status != "pending" && r.Status != "running" }
