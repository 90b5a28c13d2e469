package history

import "fmt"

// Between warns when migrations came between a release and now: going back leaves the database as it is. It
// takes the newest migration of the image that runs, and of the one that is gone back to; empty where an app
// does not say.
func Between(now, then string) (warning string) {
	switch {
	case now == then:
		return ""
	case then == "":
		return fmt.Sprintf("which migrations that release had is not known; the database is at %s and stays so", now)
	case now == "":
		return fmt.Sprintf("that release had migration %s; what the database has now is not known, and stays", then)
	}
	return fmt.Sprintf("migrations came in between: that release had %s, the database is at %s and stays so. Migrations are never run backwards: make sure that the older image can live with it", then, now)
}
