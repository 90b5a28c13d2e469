package compatibility

import (
	"fmt"
	"slices"
	"strings"
)

// Triable says whether both images carry a suite.
func (r Report) Triable() bool { return r.New.Suite != "" && r.Previous.Suite != "" }

// Judged is the report with what its trials mean: a gate that is open, or every reason why it is not.
func (r Report) Judged(p Previous) Report {
	r.Version, r.FirstRelease = Version, p.None
	r.Reasons, r.Notes = []string{}, []string{}
	if r.New.Suite == "" {
		r.fail("the new image names no suite: label it %s=COMMAND, which ends with 0 when the app at $APP_URL works", Label)
	}
	switch {
	case p.None:
		r.note("a first release, as %s says: there is nothing to go back to", p.From)
	case p.Unknown != "":
		r.fail("not checked: %s. Say which image is the previous one: --previous IMAGE@DIGEST, or --previous %s for a first release", p.Unknown, None)
	case r.Previous.Suite == "":
		r.fail("not checked: the previous image %s has no label %s, so it carries no suite. For the release that brings the first one: --previous %s", r.Previous.Name, Label, None)
	case r.PreviousOnNew != nil && r.NewOnPrevious != nil:
		r.trials()
	}
	return r
}

func (r *Report) trials() {
	if r.PreviousOnNew.Result == NoTrial {
		r.fail("not checked: on an empty database the new image, with its release command, %s", r.PreviousOnNew.Why)
	}
	if r.NewOnPrevious.Result == NoTrial {
		r.fail("not checked: on an empty database the previous image, with its release command, %s", r.NewOnPrevious.Why)
	}
	if len(r.Reasons) > 0 {
		return
	}
	r.Checked = true
	behind := without(r.Previous.Migrations, r.New.Migrations)
	safe := r.PreviousOnNew.Result == Passed && len(behind) == 0
	r.RollbackSafe = &safe
	if len(behind) > 0 {
		r.fail("the new image lacks migrations that the previous one has, and the database with it: %s. Bring the change up to date with what was released", strings.Join(behind, ", "))
	}
	if t := r.PreviousOnNew; t.Result != Passed {
		r.fail("a rollback is not safe: the previous image does not work on the new schema: %s. Migrate in two releases: one that no longer needs what goes, then the one that removes it", t.Why)
	}
	switch t := r.NewOnPrevious; {
	case t.Result == Failed:
		r.fail("the new image does not work on the previous schema, and does not say that it is not ready: %s", t.Why)
	case t.Result == Waits && r.sameSchema():
		r.fail("the new image is not ready, and there is no migration that it could wait for: %s", t.Why)
	case t.Result == Waits:
		r.note("the new image is not ready until its migrations ran; a deploy runs them first")
	}
}

// sameSchema says whether it is known that the new image brings no migration.
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

// without is a list less another; nothing when either is not known.
func without(list, other []string) []string {
	if list == nil || other == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(other, s) })
}
