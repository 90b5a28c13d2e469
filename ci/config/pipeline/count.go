package pipeline

import (
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// count is the number of machines of an environment by process group; zero unless pipeline.toml states it by group.
type count struct {
	by map[string]int
	at *tomlfile.Table
}

// hasCounts reports whether machines is a table with a number for each group, and not one number for all.
func hasCounts(t *tomlfile.Table) bool {
	_, isTable := t.Any("machines").(map[string]any)
	return isTable
}

func counts(t *tomlfile.Table) count {
	if !hasCounts(t) {
		return count{}
	}
	c := count{by: map[string]int{}, at: t.Table("machines")}
	for _, group := range c.at.Keys() {
		if c.by[group] = tomlfile.Or(c.at.Int(group), 1); c.by[group] < 1 {
			c.at.Refuse(group, "must be at least 1")
		}
	}
	return c
}

// Count returns the number of machines on an environment's first deploy by process group; nil unless pipeline.toml
// states it by group. A group that is not among groups, those of the environment's fly.toml, is an error.
func (f Config) Count(s Stage, groups []string) (map[string]int, error) {
	c := f.counts[s.SecretStage()]
	var unknown tomlfile.Problems
	for group := range c.by {
		if !slices.Contains(groups, group) {
			unknown = append(unknown, c.at.Problem(group, "unknown process group %q%s; %s has %s",
				group, spelling.DidYouMean(group, groups), s.Config, strings.Join(groups, ", ")))
		}
	}
	return c.by, unknown.Sorted().OrNil()
}
