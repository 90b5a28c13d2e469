package flaps

import (
	"cmp"
	"slices"
)

// sortMachines sorts machines by the time they were created, so that equal lists have equal order.
func sortMachines(all []machineView) {
	slices.SortFunc(all, func(a, b machineView) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID))
	})
}
