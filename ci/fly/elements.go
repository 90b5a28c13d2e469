package fly

import "reflect"

// identity is what tells the elements of a configuration's lists apart: two that agree on all of it are the
// same volume, service, port, file, container or check, whatever else has changed about them.
var identity = []string{"volume", "name", "guest_path", "url_prefix", "protocol", "internal_port", "port", "start_port", "type"}

// addElements is addUnknown for lists: each element of next takes what was not understood of the element that
// it was. One that is new takes nothing, and what is gone stays gone. understood has the elements of all.
func addElements(next, all, understood []any) {
	if len(all) != len(understood) {
		return
	}
	taken := make([]bool, len(all))
	for _, element := range next {
		for i := range all {
			if !taken[i] && same(element, understood[i]) {
				taken[i] = true
				addInside(element, all[i], understood[i])
				break
			}
		}
	}
}

func same(a, b any) bool {
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
