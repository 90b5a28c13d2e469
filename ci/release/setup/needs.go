package setup

import (
	"context"
	"fmt"
	"strings"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/database"
)

// databaseSteps returns the steps that create the database on a local Fly. On Fly's cloud a person creates it; the step
// describes the database.
func databaseSteps(ctx context.Context, platform Platform, r Request) ([]Step, error) {
	db := *r.Stage.Database
	if !platform.Local() {
		return []Step{{
			Name: "database", What: fmt.Sprintf("a Postgres 17 with database %s; role %s owns it (schema_admin), role %s reads and writes (writer); their addresses are secrets", db.Name, db.Owner, db.User),
			Hand: fmt.Sprintf("fly mpg create --name %s --region %s --org %s", db.App, r.Region, r.Stage.Org),
		}}, nil
	}
	have, err := exists(ctx, platform, db.App)
	if err != nil {
		return nil, err
	}
	steps := []Step{appStep(platform, db.App, r.Stage.Org, have)}
	s := Step{Name: "database", What: fmt.Sprintf("missing: %s with roles %s and %s", db.Name, db.Owner, db.User)}
	if r.Given == nil {
		s.Hand = "give --secrets, which has the passwords of its roles"
		return append(steps, s), nil
	}
	if have {
		if s.Have, err = database.Ready(ctx, platform, db, *r.Given); err != nil {
			return nil, err
		}
	}
	if s.Have {
		s.What = database.Host(db) + "/" + db.Name
	}
	s.do = func(ctx context.Context) error { return database.Ensure(ctx, platform, db, r.Region, *r.Given) }
	return append(steps, s), nil
}

// secretStep returns a step that lists the required secrets that are neither on Fly nor given. setup writes no secrets:
// a deploy does.
func secretStep(ctx context.Context, platform Platform, r Request, app bool) (Step, error) {
	names := map[string]string{}
	if app {
		known, err := platform.Secrets(ctx, r.App)
		if err != nil {
			return Step{}, err
		}
		for _, k := range known {
			names[k.Name] = "set"
		}
	}
	if r.Given != nil {
		for _, n := range r.Given.Names() {
			names[n] = "set"
			if v, _ := r.Given.Get(n); v.Reveal() == "" {
				delete(names, n)
			}
		}
	}
	err := secret.NewSet(names).Check(required(r.Secrets))
	if err == nil {
		return Step{Name: "secrets", Have: true, What: "every required secret is on Fly or given"}, nil
	}
	return Step{Name: "secrets", What: err.Error(), Hand: "put them into the file given to --secrets"}, nil
}

func required(all []secret.Requirement) []secret.Requirement {
	var list []secret.Requirement
	for _, r := range all {
		if r.For != secret.Pipeline {
			list = append(list, r)
		}
	}
	return list
}

// tokenStep returns a step that names the sufficient token with the fewest rights: the app's deploy token.
func tokenStep(r Request) Step {
	return Step{Name: "token", Have: true, What: "deploys of this environment need only: fly tokens create deploy --app " + r.App}
}

// Text returns the steps for a terminal.
func Text(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		mark := "missing"
		if s.Have {
			mark = "ok"
		}
		fmt.Fprintf(&b, "%-8s %-9s %s\n", mark, s.Name, strings.ReplaceAll(strings.TrimPrefix(s.What, "missing: "), "\n", "\n"+strings.Repeat(" ", 19)))
		if !s.Have && s.Hand != "" {
			fmt.Fprintf(&b, "%19sby hand: %s\n", "", s.Hand)
		}
	}
	return b.String()
}
