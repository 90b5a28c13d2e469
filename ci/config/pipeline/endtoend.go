package pipeline

import (
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// EndToEndStep is the step of an app that states [end_to_end]. No check has its name.
const EndToEndStep = "end-to-end"

// An EndToEnd is a suite of journeys through the production image, in a real browser.
type EndToEnd struct {
	Dir     string            // the suite, below the app's context, with a package.json and a package-lock.json
	Run     string            // a shell command in that folder; --shard=1/2 is added to it when it is one of many
	Failing map[string]string // what makes a second instance of the image one that fails; empty means there is none
	Timeout time.Duration
	JUnit   []string // below the suite, as a check's
	Reports []string
}

func (p *parser) endToEnd(root *tomlfile.Table) {
	t := root.Table("end_to_end")
	if t == nil {
		return
	}
	e := &EndToEnd{
		Dir:     folder(t, "dir", "e2e"),
		Run:     tomlfile.Or(t.String("run"), "npx playwright test"),
		Failing: texts(t.Table("failing")),
		Timeout: timeout(t),
		JUnit:   folders(t, "junit"),
		Reports: folders(t, "reports"),
	}
	switch {
	case !t.Has("junit"):
		t.Refuse("", "junit is missing: the report that counts and names the journeys")
	case e.Run == "":
		t.Refuse("run", "must be a command")
	case !root.Has("trial"):
		t.Refuse("", "[trial] is missing: it says how the image runs in a test")
	}
	p.config.EndToEnd = e
}
