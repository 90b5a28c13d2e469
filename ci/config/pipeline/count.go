package pipeline

import (
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
