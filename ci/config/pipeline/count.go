package pipeline

import (
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// count is the number of machines of process groups of a stage, where pipeline.toml states one by group.
type count struct {
	by map[string]int
	at *tomlfile.Table
}

// hasCounts is whether machines is a table with a number for each group, and not one number for all.
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

// Count is the number of machines of process groups of a stage on a first deploy, where pipeline.toml states one by
// group. A group that the stage's fly.toml lacks is an error.
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
