// Package endtoend has the settings of the tests of the production image in a real browser.
package endtoend

import (
	"time"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// Settings are those of [end_to_end].
type Settings struct {
	Dir     string            // folder of the suite, below the app's context, with a package.json and a package-lock.json
	Run     string            // a shell command in that folder; --shard=1/2 is added when the suite runs in parts
	Failing map[string]string // variables with which a second instance of the image fails; empty: no such instance
	Timeout time.Duration
	JUnit   []string // as in step.Check, below the suite
	Reports []string
}

// Table decodes [end_to_end].
func Table(into **Settings) config.Table { return pipeline.Single("end_to_end", into, decode) }

func decode(t *tomlfile.Table, in pipeline.Config) Settings {
	s := Settings{
		Dir:     pipeline.Folder(t, "dir", "e2e"),
		Run:     tomlfile.Or(t.String("run"), "npx playwright test"),
		Failing: pipeline.Texts(t.Table("failing")),
		Timeout: pipeline.Timeout(t),
		JUnit:   pipeline.Folders(t, "junit"),
		Reports: pipeline.Folders(t, "reports"),
	}
	if !t.Has("junit") {
		t.Refuse("", "junit is missing: the path of the JUnit report that the tests write")
	}
	if s.Run == "" {
		t.Refuse("run", "must be the command that runs the tests")
	}
	pipeline.RequireTrial(t, in, "the Postgres, the port and the variables with which the image runs in a test")
	return s
}
