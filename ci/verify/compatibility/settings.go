package compatibility

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path"
	"time"

	"github.com/renewa/pipeline/ci/config"
	"github.com/renewa/pipeline/ci/config/pipeline"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// Settings are those of [compatibility], the step that runs a new image and the previous one on each other's databases.
type Settings struct {
	Migrations string        // folder of the migrations in an image; may be empty
	Timeout    time.Duration // for the start of the app and one run of the test suite
	WithoutFly bool          // ci passes although the step is not checked, because the call has no Fly
}

// Table decodes [compatibility].
func Table(into **Settings) config.Table { return pipeline.Single("compatibility", into, decode) }

func decode(t *tomlfile.Table, in pipeline.Config) Settings {
	s := Settings{Migrations: tomlfile.Or(t.String("migrations"), ""), Timeout: pipeline.Timeout(t)}
	if without := t.String("without_fly"); without != nil {
		if s.WithoutFly = *without == "pass"; !s.WithoutFly {
			t.Refuse("without_fly", `must be "pass", not %q; without this key, ci fails when the call has no Fly`, *without)
		}
	}
	if s.Migrations != "" && !path.IsAbs(s.Migrations) {
		t.Refuse("migrations", "%q must begin with /: it is a folder in the image", s.Migrations)
	}
	pipeline.RequireTrial(t, in, "the Postgres, the port and the variables with which the image runs in a test")
	return s
}

// Pin returns a digest of settings, for the key of the step.
func Pin(settings ...any) string {
	text, err := json.Marshal(settings)
	if err != nil {
		panic(err) // text and numbers can always be written
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(text))
}
