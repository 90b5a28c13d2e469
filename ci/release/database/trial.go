package database

import (
	"net"
	"net/url"
	"strings"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// trialPassword is no secret: its database is new, reachable by one test only, and removed after the test.
const trialPassword = "trial"

// InitialSQL returns SQL for psql that gives a new server the roles, the rights and the database of an environment, so that
// a missing right fails a test and not a deploy. The text is the same on every call.
func InitialSQL(db pipeline.Database) string {
	var b strings.Builder
	login(&b, db.Owner, trialPassword)
	login(&b, db.User, trialPassword)
	rights(&b, db)
	return b.String()
}

// TrialURL returns the address of the database that InitialSQL makes, for one of its roles.
func TrialURL(db pipeline.Database, role, host string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, trialPassword), Host: net.JoinHostPort(host, "5432"), Path: "/" + db.Name}
	return u.String()
}
