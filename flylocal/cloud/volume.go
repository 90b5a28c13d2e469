package cloud

import (
	"net/http"
	"slices"
	"time"

	"github.com/renewa/pipeline/flylocal/config"
	"github.com/renewa/pipeline/flylocal/problem"
)

// Volume is a disk that remains when its machine is destroyed.
type Volume struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	State     string    `json:"state"`
	SizeGB    int       `json:"size_gb"`
	Region    string    `json:"region"`
	Zone      string    `json:"zone"`
	Encrypted bool      `json:"encrypted"`
	Created   time.Time `json:"created_at"`
	Machine   *string   `json:"attached_machine_id"`
	HostState string    `json:"host_status"`
	Retention int       `json:"snapshot_retention"`
	Backup    bool      `json:"auto_backup_enabled"`
}

// Volume returns a volume by its identifier, or nil.
func (a *App) Volume(id string) *Volume {
	for _, v := range a.Volumes {
		if v.ID == id {
			return v
		}
	}
	return nil
}

// Attach gives a machine the volumes that its config mounts: by identifier, or any free volume of that name.
func (a *App) Attach(m *Machine, cfg config.Config) error {
	var taken []*Volume
	for i, want := range cfg.Mounts {
		var v *Volume
		for _, x := range a.Volumes {
			mine := x.Machine == nil || *x.Machine == m.ID
			if mine && !slices.Contains(taken, x) && (x.ID == want.Volume || want.Volume == "" && x.Name == want.Name || x.Name == want.Volume) {
				v = x
				break
			}
		}
		if v == nil {
			return problem.New(http.StatusUnprocessableEntity, "mount %d at %s: no free volume %q in app %s", i, want.Path, want.Volume+want.Name, a.Name)
		}
		taken = append(taken, v)
	}
	a.Detach(m.ID)
	m.Volumes = nil
	for _, v := range taken {
		id := m.ID
		v.Machine = &id
		m.Volumes = append(m.Volumes, v.ID)
	}
	return nil
}

// Detach frees the volumes of a machine.
func (a *App) Detach(machine string) {
	for _, v := range a.Volumes {
		if v.Machine != nil && *v.Machine == machine {
			v.Machine = nil
		}
	}
}
