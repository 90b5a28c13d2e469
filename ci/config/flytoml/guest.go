package flytoml

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// guests reads [[vm]]. Unlike other sections, a [[vm]] without processes applies to all groups; a [[vm]] that names a
// group has precedence. Without any [[vm]] every machine keeps its size, so that a deploy does not undo `fly scale`.
func (r *reader) guests(root *tomlfile.Table) {
	dedicated := tomlfile.Or(root.String("host_dedication_id"), "")
	tables := r.renamedTables(root, "vm", "compute", "computes")
	if len(tables) == 0 && dedicated != "" {
		r.warn(root, "host_dedication_id", "has no effect without a [[vm]]: add one. A deploy then also replaces machine sizes that somebody set by hand")
	}
	for _, t := range tables {
		guest := r.guest(t)
		guest.HostDedicationID = cmp.Or(guest.HostDedicationID, dedicated)
		s := newScoped(r, t, *guest)
		r.warnUnknownGroups(t)
		if !s.listed {
			s.groups = r.out.groups
		}
		if g := second(r.out.guests, s); g != "" && s.listed {
			r.warn(t, "", "process group %q is in an earlier one of these tables too, and Fly uses the later one: remove the group from one of them", g)
		} else if g != "" {
			r.warn(t, "", "it has no effect, because an earlier one of these tables is for all process groups too: remove one of them")
		}
		r.out.guests = append(r.out.guests, s)
	}
}

// guest returns the preset that size names, changed by memory and then by the single fields.
func (r *reader) guest(t *tomlfile.Table) *fly.MachineGuest {
	size := fly.DefaultVMSize
	if t.Has("gpu_kind") {
		size = fly.DefaultGPUVMSize
	}
	g := preset(r.size(t, size))
	if mb := r.megabyte(t, "memory", 1); mb > 0 {
		g.MemoryMB = mb
	}
	g.MemoryMB = tomlfile.Or(r.atLeast(t, "memory_mb", 1), g.MemoryMB)
	g.CPUs = tomlfile.Or(r.atLeast(t, "cpus", 1), g.CPUs)
	g.CPUKind = tomlfile.Or(r.oneOf(t, "cpu_kind", "shared", "performance"), g.CPUKind)
	g.GPUs = tomlfile.Or(r.atLeast(t, "gpus", 0), g.GPUs)
	g.GPUKind = tomlfile.Or(t.String("gpu_kind"), g.GPUKind)
	g.HostDedicationID = tomlfile.Or(t.String("host_dedication_id"), "")
	g.KernelArgs = t.Strings("kernel_args")
	rootfs := tomlfile.Or(r.oneOf(t, "persist_rootfs", "never", "restart", "always"), "")
	g.PersistRootfs = fly.MachinePersistRootfs(rootfs)
	if both := r.megabyte(t, "memory", 1); both > 0 && t.Has("memory_mb") && both != g.MemoryMB {
		r.warn(t, "memory", "memory_mb is set too and has precedence: keep one")
	}
	if g.MemoryMB%256 != 0 {
		t.Refuse("memory", "%d MB is not a memory size of Fly: use a multiple of 256 MB", g.MemoryMB)
	}
	return g
}

func (r *reader) size(t *tomlfile.Table, fallback string) string {
	size := cmp.Or(tomlfile.Or(t.String("size"), ""), fallback)
	if _, ok := fly.MachinePresets[size]; !ok {
		known := slices.Sorted(maps.Keys(fly.MachinePresets))
		t.Refuse("size", "unknown size %q%s; the sizes are %s", size, spelling.DidYouMean(size, known), strings.Join(known, ", "))
		return fallback
	}
	return size
}

// preset returns a copy, because fly-go's presets are shared variables.
func preset(size string) *fly.MachineGuest {
	guest := *fly.MachinePresets[size]
	return &guest
}

// guestFor returns the guest for a group, preferring a section that names the group; nil when there is none.
func (p parsed) guestFor(group string) *fly.MachineGuest {
	var found *fly.MachineGuest
	for _, s := range p.guests {
		if slices.Contains(s.groups, group) && (found == nil || s.listed) {
			found = &s.value
		}
	}
	return found
}
