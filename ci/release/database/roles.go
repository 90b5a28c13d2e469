package database

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/secret"
)

// Role is a role of a database with its password.
type Role struct {
	Name     string
	Password secret.Value
}

// Roles returns the database's owner and user with their passwords. A password comes from a secret whose value is a
// Postgres URL with the database's host and that role. The error lists all URLs that the secrets lack.
func Roles(db pipeline.Database, set secret.Set) ([]Role, error) {
	var roles []Role
	var missing []string
	for _, name := range []string{db.Owner, db.User} {
		if role, ok := find(db, name, set); ok {
			roles = append(roles, role)
		} else {
			missing = append(missing, fmt.Sprintf("  postgres://%s:…@%s:5432/%s", name, Host(db), db.Name))
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("the secrets lack an address of database app %s. Add, with a password, each of:\n%s", db.App, strings.Join(missing, "\n"))
	}
	return roles, nil
}

// Host returns the database's host name in Fly's private network.
func Host(db pipeline.Database) string { return db.App + ".internal" }

func find(db pipeline.Database, name string, set secret.Set) (Role, bool) {
	for _, v := range set.All() {
		u, err := url.Parse(v.Reveal())
		if err != nil || u.User == nil || !strings.HasPrefix(u.Scheme, "postgres") {
			continue
		}
		password, given := u.User.Password()
		if given && u.Hostname() == Host(db) && u.User.Username() == name {
			return Role{name, secret.NewValue(password)}, true
		}
	}
	return Role{}, false
}
