package machine

import (
	"slices"

	"github.com/superfly/fly-go"
)

// Leftover returns the machines that a killed deploy left: canaries, green machines whose deploy must be undone, or blue
// machines whose deploy must be completed. Leftover never returns all machines.
func Leftover(serving []*fly.Machine) []*fly.Machine {
	forward := slices.ContainsFunc(serving, isRetired)
	var left []*fly.Machine
	for _, m := range serving {
		switch {
		case m.GetMetadataByKey(MetaCanary) == "true", isRetired(m), forward && IsSuperseded(m, serving), !forward && isEarly(m, serving):
			left = append(left, m)
		}
	}
	if len(left) == len(serving) {
		return nil
	}
	return left
}

// isEarly reports whether a green machine's blue machine is still there and may still serve.
func isEarly(m *fly.Machine, serving []*fly.Machine) bool {
	return m.GetMetadataByKey(MetaGreen) != "" && Find(serving, m.GetMetadataByKey(MetaReplaces)) != nil
}

// IsSuperseded reports whether one of the serving machines was made to replace m.
func IsSuperseded(m *fly.Machine, serving []*fly.Machine) bool {
	return slices.ContainsFunc(serving, func(other *fly.Machine) bool { return other.GetMetadataByKey(MetaReplaces) == m.ID })
}

func isRetired(m *fly.Machine) bool { return m.GetMetadataByKey(retired) == "safe_to_destroy" }
