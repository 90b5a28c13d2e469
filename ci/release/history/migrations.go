package history

import (
	"fmt"
	"slices"
	"strings"
)

// MigrationWarning returns a warning about the migrations that ran after a release, because a rollback does not undo them; empty
// when there are none. then is the newest migration at the time of the release, empty when it is unknown; since has the
// migrations of later releases.
func MigrationWarning(then string, since []string) (warning string) {
	since = slices.DeleteFunc(slices.Clone(since), func(m string) bool { return m == then })
	if len(since) == 0 {
		return ""
	}
	came := strings.Join(since, ", ")
	if then == "" {
		return fmt.Sprintf("the migrations of that release are unknown; since then the database got %s and keeps them", came)
	}
	return fmt.Sprintf("newer migrations stay in the database: that release had %s, since then the database got %s. Migrations are never undone: make sure that the older image works with them", then, came)
}
