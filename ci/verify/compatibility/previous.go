package compatibility

import (
	"errors"
	"fmt"

	"github.com/renewa/pipeline/ci/release/image"
)

// None is the value of --previous for a first release.
const None = "none"

const flag = "--previous"

// A Previous is the previous image, as far as it is known.
type Previous struct {
	Image   image.Ref
	From    string // the source: a stage, or --previous
	None    bool   // a first release
	Unknown string // why the image is unknown
	NoFly   bool   // the image is unknown because the call names no Fly
}

// ErrNoFly is the error of a call without a token: no Fly was asked.
var ErrNoFly = errors.New("no Fly: --token is not given")

// Given reads the value of --previous: an image with its digest, or None.
func Given(text string) (Previous, error) {
	if text == None {
		return Previous{From: flag, None: true}, nil
	}
	ref, err := image.Parse(text)
	if err != nil {
		return Previous{}, fmt.Errorf("%s cannot be read: %w\nFor a first release, give --previous %s", flag, err, None)
	}
	return Previous{Image: ref, From: flag}, nil
}

// Running is the image that a stage runs, or why it is unknown. A stage that runs nothing has had no release: its error
// has a method RunsNothing, as promotion.NothingError has.
func Running(stage string, ref image.Ref, err error) Previous {
	p := Previous{From: "environment " + stage, NoFly: errors.Is(err, ErrNoFly)}
	var nothing interface{ RunsNothing() }
	switch {
	case errors.As(err, &nothing):
		p.None = true
	case p.NoFly:
		p.Unknown = fmt.Sprintf("--token is not given, so Fly was not asked which image environment %s runs", stage)
	case err != nil:
		p.Unknown = fmt.Sprintf("the image that environment %s runs is unknown: %s", stage, err)
	default:
		p.Image = ref
	}
	return p
}

// Known is whether there is an image to try.
func (p Previous) Known() bool { return !p.Image.IsZero() }

// String identifies the image: the step runs again when it changes.
func (p Previous) String() string {
	switch {
	case p.None:
		return None
	case p.Unknown != "":
		return "unknown"
	}
	return p.Image.String()
}
