package cloud

import (
	"maps"
	"slices"
	"time"
)

// App is the record of an app, saved as one document.
type App struct {
	ID       string              `json:"id"`
	Name     string              `json:"name"`
	Org      string              `json:"org"`
	Network  string              `json:"network"`
	Role     string              `json:"role,omitempty"`
	Created  time.Time           `json:"created"`
	Deployed bool                `json:"deployed"`
	Secrets  Secrets             `json:"secrets"`
	Machines map[string]*Machine `json:"machines"`
	Volumes  []*Volume           `json:"volumes,omitempty"`
	Releases []*Release          `json:"releases,omitempty"`
	IPs      []IP                `json:"ips,omitempty"`
}

// Status returns Fly's word for the state of the app.
func (a App) Status() string {
	if !a.Deployed {
		return "pending"
	}
	for _, m := range a.Machines {
		if m.State == Started || m.State == Starting {
			return "deployed"
		}
	}
	if len(a.Active()) == 0 {
		return "pending"
	}
	return "suspended"
}

// Active returns the machines that are not destroyed, by identifier.
func (a App) Active() []*Machine {
	var all []*Machine
	for _, id := range slices.Sorted(maps.Keys(a.Machines)) {
		if m := a.Machines[id]; m.State != Destroyed {
			all = append(all, m)
		}
	}
	return all
}

// Copy returns a copy that shares nothing with a.
func (a *App) Copy() App {
	out := *a
	out.Secrets = a.Secrets.Copy()
	out.Machines = map[string]*Machine{}
	for id, m := range a.Machines {
		out.Machines[id] = m.Copy()
	}
	out.Volumes = nil
	for _, v := range a.Volumes {
		w := *v
		out.Volumes = append(out.Volumes, &w)
	}
	out.Releases = nil
	for _, r := range a.Releases {
		w := *r
		out.Releases = append(out.Releases, &w)
	}
	out.IPs = slices.Clone(a.IPs)
	return out
}
