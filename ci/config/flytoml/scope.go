package flytoml

import (
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// scoped is a value with the process groups that it applies to.
type scoped[T any] struct {
	value  T
	groups []string // the groups of the key processes, or the default group
	listed bool     // the section has the key processes
}

// pick returns the values for a group, in the order of the file.
func pick[T any](all []scoped[T], group string) (values []T) {
	for _, s := range all {
		if slices.Contains(s.groups, group) {
			values = append(values, s.value)
		}
	}
	return values
}

// scope reads a section's key processes. It returns the groups that the section applies to, and whether the section
// has the key; without the key the section applies to the default group.
func (r *reader) scope(t *tomlfile.Table) (groups []string, listed bool) {
	groups = t.Strings("processes")
	if len(groups) == 0 {
		return []string{r.out.defaultGroup()}, false
	}
	return groups, true
}

// unknownGroups returns a problem for each group of a section that the file does not have. As in flyctl, it is an error
// in a service and in [[restart]]; another section does not apply to such a group, with a warning.
func (r *reader) unknownGroups(t *tomlfile.Table) (unknown tomlfile.Problems) {
	for _, g := range t.Strings("processes") {
		if !slices.Contains(r.out.groups, g) {
			unknown = append(unknown, t.Problem("processes", "unknown process group %q%s; the groups are %s",
				g, spelling.DidYouMean(g, r.out.groups), strings.Join(r.out.groups, ", ")))
		}
	}
	return unknown
}

func (r *reader) refuseUnknownGroups(t *tomlfile.Table) {
	for _, p := range r.unknownGroups(t) {
		t.Refuse("processes", "%s", p.Text)
	}
}

func (r *reader) warnUnknownGroups(t *tomlfile.Table) {
	for _, p := range r.unknownGroups(t) {
		r.warn(t, "processes", "%s. The section does not apply to it", p.Text)
	}
}

func newScoped[T any](r *reader, t *tomlfile.Table, value T) scoped[T] {
	groups, listed := r.scope(t)
	return scoped[T]{value: value, groups: groups, listed: listed}
}

// refuseSecond refuses a second section of the same kind for the same group.
func refuseSecond[T any](t *tomlfile.Table, before []scoped[T], s scoped[T]) {
	if g := second(before, s); g != "" {
		t.Refuse("", "process group %q is in an earlier one of these tables, and a machine can have only one: remove the group from one of them", g)
	}
}

// second returns the process group for which an earlier section of the same kind exists; empty: none.
func second[T any](before []scoped[T], s scoped[T]) string {
	for _, other := range before {
		for _, g := range s.groups {
			if other.listed == s.listed && slices.Contains(other.groups, g) {
				return g
			}
		}
	}
	return ""
}

func isOneOf(s string, all []string) bool { return slices.Contains(all, s) }
