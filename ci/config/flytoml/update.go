package flytoml

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/superfly/fly-go"
)

type object = map[string]json.RawMessage

// owned are the fields of a machine config that the fly.toml decides alone:
// one it does not mention is taken away. All others (schedule, standbys,
// containers, whatever Fly adds next year) stay as they are.
var owned = []string{"checks", "env", "files", "metrics", "restart", "services", "statics", "stop_config"}

// ownedInit is the same inside init.
var ownedInit = []string{"cmd", "entrypoint", "exec", "swap_size_mb"}

// ownedGuest is the same inside guest, when the file has [[vm]].
var ownedGuest = []string{"cpu_kind", "cpus", "gpu_kind", "gpus", "host_dedication_id", "kernel_args", "memory_mb", "persist_rootfs"}

// UpdateJSON is the config of an existing machine with this file's word in
// place of the last one's. It works on the JSON as Fly sent it, since fly-go's
// types drop every field they do not know, and a deploy must not undo what it
// cannot read.
func (c Config) UpdateJSON(old json.RawMessage, group string) (json.RawMessage, error) {
	m, err := c.Machine(group)
	if err != nil {
		return nil, err
	}
	from := fields(m)
	into := object{}
	if err := json.Unmarshal(old, &into); err != nil || into == nil {
		return nil, fmt.Errorf("update machine config: the old one is not a JSON object")
	}
	replace(into, from, owned)
	if c.image != "" {
		into["image"] = from["image"]
	}
	for _, merge := range []func(into, from object) error{mergeMetadata, mergeInit, mergeGuest, mergeMounts, keepStandby} {
		if err := merge(into, from); err != nil {
			return nil, fmt.Errorf("update machine config: %w", err)
		}
	}
	return json.Marshal(into)
}

// Update is UpdateJSON in fly-go's types, for callers whose machines came
// through them and have lost their unknown fields already. old is not changed.
func (c Config) Update(old *fly.MachineConfig, group string) (*fly.MachineConfig, error) {
	if old == nil {
		old = &fly.MachineConfig{}
	}
	before, err := json.Marshal(old)
	if err != nil {
		return nil, fmt.Errorf("update machine config: %w", err)
	}
	after, err := c.UpdateJSON(before, group)
	if err != nil {
		return nil, err
	}
	var m fly.MachineConfig
	if err := json.Unmarshal(after, &m); err != nil {
		return nil, fmt.Errorf("update machine config: %w", err)
	}
	return &m, nil
}

func mergeMetadata(into, from object) error {
	return inside(into, "metadata", func(old object) {
		for key, value := range fieldsOf(from["metadata"]) {
			old[key] = value
		}
	})
}

func mergeInit(into, from object) error {
	return inside(into, "init", func(old object) { replace(old, fieldsOf(from["init"]), ownedInit) })
}

func mergeGuest(into, from object) error {
	if from["guest"] == nil {
		return nil
	}
	return inside(into, "guest", func(old object) { replace(old, fieldsOf(from["guest"]), ownedGuest) })
}

// mergeMounts replaces the mounts, and keeps the volume that a mount of the
// same name has attached: a machine cannot change volumes.
func mergeMounts(into, from object) error {
	var old, wanted []object
	if err := decode(into["mounts"], &old); err != nil {
		return fmt.Errorf("read mounts: %w", err)
	}
	if err := decode(from["mounts"], &wanted); err != nil {
		return fmt.Errorf("read mounts: %w", err)
	}
	if len(wanted) == 0 {
		delete(into, "mounts")
		return nil
	}
	for i, m := range wanted {
		at := slices.IndexFunc(old, func(o object) bool { return sameVolume(o, m) })
		if at >= 0 {
			replace(old[at], m, []string{"name", "path", "extend_threshold_percent", "add_size_gb", "size_gb_limit"})
			wanted[i] = old[at]
		}
	}
	into["mounts"] = encode(wanted)
	return nil
}

// sameVolume compares names, and paths where Fly does not tell the name.
func sameVolume(old, wanted object) bool {
	if old["name"] != nil {
		return string(old["name"]) == string(wanted["name"])
	}
	return string(old["path"]) == string(wanted["path"])
}

// keepStandby restores the one variable that says what a standby stands by.
func keepStandby(into, _ object) error {
	var standbys []string
	if err := decode(into["standbys"], &standbys); err != nil {
		return fmt.Errorf("read standbys: %w", err)
	}
	if len(standbys) == 0 {
		return nil
	}
	return inside(into, "env", func(env object) { env["FLY_STANDBY_FOR"] = encode(strings.Join(standbys, ",")) })
}
