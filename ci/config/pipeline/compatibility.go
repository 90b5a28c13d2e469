package pipeline

import (
	"path"
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// CompatibilityStep is the step that says whether the image before this one can be gone back to.
const CompatibilityStep = "compatibility"

// A Compatibility is how a new image and the one before it are tried on each other's databases.
type Compatibility struct {
	Migrations string        // the folder of the migrations in an image; empty when nobody says
	Timeout    time.Duration // for one suite, with the app's start
}

func (p *parser) compatibility(root *tomlfile.Table) {
	t := root.Table("compatibility")
	if t == nil {
		return
	}
	c := &Compatibility{Migrations: tomlfile.Or(t.String("migrations"), ""), Timeout: timeout(t)}
	if c.Migrations != "" && !path.IsAbs(c.Migrations) {
		t.Refuse("migrations", "%q is a folder in the image, so it must begin with /", c.Migrations)
	}
	if !root.Has("trial") {
		t.Refuse("", "[trial] is missing: it says how the image runs in a test")
	}
	p.config.Compatibility = c
}
