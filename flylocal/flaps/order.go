package flaps

import (
	"cmp"
	"slices"
)

// sortMachines by the time they were made: the same list twice has the same order.
func sortMachines(all []machineView) {
	slices.SortFunc(all, func(a, b machineView) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID))
	})
}
