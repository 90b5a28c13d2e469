package pipeline

import (
	"path"
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Compatibility has the settings of the step that runs a new image and the previous one on each other's databases.
type Compatibility struct {
	Migrations string        // folder of the migrations in an image; may be empty
	Timeout    time.Duration // for the start of the app and one run of the test suite
}

func (p *parser) compatibility(root *tomlfile.Table) {
	t := root.Table("compatibility")
	if t == nil {
		return
	}
	c := &Compatibility{Migrations: tomlfile.Or(t.String("migrations"), ""), Timeout: timeout(t)}
	if c.Migrations != "" && !path.IsAbs(c.Migrations) {
		t.Refuse("migrations", "%q must begin with /: it is a folder in the image", c.Migrations)
	}
	if !root.Has("trial") {
		t.Refuse("", "[trial] is missing: add it; it has the Postgres, the port and the variables with which the image runs in a test")
	}
	p.config.Compatibility = c
}
