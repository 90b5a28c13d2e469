package deploy

import (
	"slices"

	"github.com/superfly/fly-go"
)

// leftover tells the machines that a killed run left beside those that serve: canaries, green ones that were
// not yet sure to take over, or blue ones that were already on their way out. It is never all of them.
func leftover(serving []*fly.Machine) []*fly.Machine {
	forward := slices.ContainsFunc(serving, retired)
	var left []*fly.Machine
	for _, m := range serving {
		switch {
		case m.GetMetadataByKey(metaCanary) == "true", retired(m), forward && superseded(m, serving), !forward && early(m, serving):
			left = append(left, m)
		}
	}
	if len(left) == len(serving) {
		return nil
	}
	return left
}

// early: it is green, and the blue one whose place it is to take is there and may still serve.
func early(m *fly.Machine, serving []*fly.Machine) bool {
	return m.GetMetadataByKey(metaGreen) != "" && slices.ContainsFunc(serving, func(blue *fly.Machine) bool {
		return m.GetMetadataByKey(metaReplaces) == blue.ID
	})
}

// superseded: another machine was made in its place, and it is still there.
func superseded(m *fly.Machine, serving []*fly.Machine) bool {
	return slices.ContainsFunc(serving, func(other *fly.Machine) bool { return other.GetMetadataByKey(metaReplaces) == m.ID })
}

// retired: marked to go, in Fly's own words.
func retired(m *fly.Machine) bool {
	return m.GetMetadataByKey("fly_bluegreen_deployment_tag") == "safe_to_destroy"
}

// without are the machines of a list that are not in another.
func without(all, other []*fly.Machine) []*fly.Machine {
	return slices.DeleteFunc(slices.Clone(all), func(m *fly.Machine) bool { return slices.Contains(other, m) })
}
