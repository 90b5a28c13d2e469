package fly

import "reflect"

// identity are the keys that distinguish the elements of a configuration's lists: two elements with the same values
// are the same volume, service, port, file, container or check, even when their other fields differ.
var identity = []string{"volume", "name", "guest_path", "url_prefix", "protocol", "internal_port", "port", "start_port", "type"}

// addElements does the work of addUnknown for lists: each element of next gets the unknown fields of the same element in all. A new
// element gets nothing. understood has the elements of all in the same order.
func addElements(next, all, understood []any) {
	if len(all) != len(understood) {
		return
	}
	taken := make([]bool, len(all))
	for _, element := range next {
		for i := range all {
			if !taken[i] && sameElement(element, understood[i]) {
				taken[i] = true
				addInside(element, all[i], understood[i])
				break
			}
		}
	}
}

func sameElement(a, b any) bool {
	x, ok := a.(map[string]any)
	y, both := b.(map[string]any)
	if !ok || !both {
		return false // text and numbers have no fields to carry
	}
	known := false
	for _, key := range identity {
		if !reflect.DeepEqual(x[key], y[key]) {
			return false
		}
		known = known || x[key] != nil
	}
	return known || reflect.DeepEqual(x, y)
}
