package cloud

import (
	"maps"
	"slices"
)

// Status is the word Fly has for an app.
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

// Active returns the machines that are not gone, by identifier.
func (a App) Active() []*Machine {
	var all []*Machine
	for _, id := range slices.Sorted(maps.Keys(a.Machines)) {
		if m := a.Machines[id]; m.State != Destroyed {
			all = append(all, m)
		}
	}
	return all
}

// copy is what leaves the lock.
func (a *App) copy() App {
	out := *a
	out.Secrets = a.Secrets.copy()
	out.Machines = map[string]*Machine{}
	for id, m := range a.Machines {
		out.Machines[id] = m.copy()
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
