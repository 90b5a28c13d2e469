package pipeline

import (
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// An EndToEnd is a suite of tests of the production image in a real browser.
type EndToEnd struct {
	Dir     string            // folder of the suite, below the app's context, with a package.json and a package-lock.json
	Run     string            // a shell command in that folder; --shard=1/2 is added when the suite runs in parts
	Failing map[string]string // variables with which a second instance of the image fails; empty: no such instance
	Timeout time.Duration
	JUnit   []string // as in Check, below the suite
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
		t.Refuse("", "junit is missing: the path of the JUnit report that the tests write")
	case e.Run == "":
		t.Refuse("run", "must be the command that runs the tests")
	case !root.Has("trial"):
		t.Refuse("", "[trial] is missing: add it; it has the Postgres, the port and the variables with which the image runs in a test")
	}
	p.config.EndToEnd = e
}
