package compatibility

import (
	"fmt"
	"slices"
	"strings"
)

// Triable is whether both images have a suite.
func (r Report) Triable() bool { return r.New.Suite != "" && r.Previous.Suite != "" }

// Judged is the report with its verdict: every reason why the check failed, or none.
func (r Report) Judged(p Previous) Report {
	r.Version, r.FirstRelease = Version, p.None
	r.Reasons, r.Notes = []string{}, []string{}
	if r.New.Suite == "" {
		r.fail("the new image has no suite: label it %s=COMMAND, a command that ends with code 0 when the app at $APP_URL works", Label)
	}
	switch {
	case p.None:
		r.note("%s", p.firstRelease())
	case p.NoFly:
		r.NotChecked = p.Unknown + ". Give --token before the function's name, or the previous image by --previous IMAGE@DIGEST, or --previous " + None + " for a first release"
	case p.Unknown != "":
		r.fail("%s: give the previous image by --previous IMAGE@DIGEST, or --previous %s for a first release", p.Unknown, None)
	case r.Previous.Suite == "":
		r.fail("the previous image %s has no suite: it has no label %s. For the first release with a suite, give --previous %s", r.Previous.Name, Label, None)
	case r.PreviousOnNew != nil && r.NewOnPrevious != nil:
		r.trials()
	}
	return r
}

func (r *Report) trials() {
	if r.PreviousOnNew.Result == NoTrial {
		r.fail("on an empty database the new image, with its release command, %s", r.PreviousOnNew.Why)
	}
	if r.NewOnPrevious.Result == NoTrial {
		r.fail("on an empty database the previous image, with its release command, %s", r.NewOnPrevious.Why)
	}
	if len(r.Reasons) > 0 {
		return
	}
	r.Checked = true
	behind := without(r.Previous.Migrations, r.New.Migrations)
	safe := r.PreviousOnNew.Result == Passed && len(behind) == 0
	r.RollbackSafe = &safe
	if len(behind) > 0 {
		r.fail("the previous image and its database have migrations that the new image lacks: %s. Rebase the change onto what was released", strings.Join(behind, ", "))
	}
	if t := r.PreviousOnNew; t.Result != Passed {
		r.fail("a rollback is not safe: the previous image does not work on the new schema: %s. Migrate in two releases: the first no longer uses the column or table, the second removes it", t.Why)
	}
	switch t := r.NewOnPrevious; {
	case t.Result == Failed:
		r.fail("the new image does not work on the previous schema, and does not report that it is not ready: %s", t.Why)
	case t.Result == Waits && r.sameSchema():
		r.fail("the new image is not ready, although it has no new migration to wait for: %s", t.Why)
	case t.Result == Waits:
		r.note("the new image is not ready until its migrations ran; a deploy runs them first")
	}
}

// sameSchema is whether the new image is known to have no new migration.
func (r *Report) sameSchema() bool {
	return r.New.Migrations != nil && r.Previous.Migrations != nil && len(r.Added()) == 0
}

// Added are the migrations that only the new image has.
func (r Report) Added() []string {
	if r.Previous == nil {
		return nil
	}
	return without(r.New.Migrations, r.Previous.Migrations)
}

func (r *Report) fail(format string, args ...any) {
	r.Reasons = append(r.Reasons, fmt.Sprintf(format, args...))
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// without is a list less another; empty when one of them is unknown.
func without(list, other []string) []string {
	if list == nil || other == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}
