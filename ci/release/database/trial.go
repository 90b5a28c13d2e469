package database

import (
	"net"
	"net/url"
	"strings"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// trialPassword is no secret: the database that has it is new, alone with a test, and gone after it.
const trialPassword = "trial"

// Initial is the SQL, for psql, that gives a new server the roles, the rights and the database of a stage, so
// that a test meets a right that is missing before the stage does. It is the same text each time.
func Initial(db pipeline.Database) string {
	var b strings.Builder
	login(&b, db.Owner, trialPassword)
	login(&b, db.User, trialPassword)
	rights(&b, db)
	return b.String()
}

// TrialURL is the address of that database for one of its roles.
func TrialURL(db pipeline.Database, role, host string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, trialPassword), Host: net.JoinHostPort(host, "5432"), Path: "/" + db.Name}
	return u.String()
}
