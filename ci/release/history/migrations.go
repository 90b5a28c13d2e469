package history

import (
	"fmt"
	"slices"
	"strings"
)

// Between warns when migrations came between a release and now: going back leaves the database as it is. It
// takes the newest migration that the release had, empty where that is not known, and those that the releases
// after it brought.
func Between(then string, since []string) (warning string) {
	since = slices.DeleteFunc(slices.Clone(since), func(m string) bool { return m == then })
	if len(since) == 0 {
		return ""
	}
	came := strings.Join(since, ", ")
	if then == "" {
		return fmt.Sprintf("which migrations that release had is not known; since then the database has had %s and keeps them", came)
	}
	return fmt.Sprintf("migrations came in between: that release had %s, since then the database has had %s and keeps them. Migrations are never run backwards: make sure that the older image can live with it", then, came)
}
