package compatibility

import (
	"errors"
	"fmt"

	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
)

// None is said in place of an image when there is none before the new one.
const None = "none"

// flag is where it is said.
const flag = "--previous"

// A Previous is the image before the new one, as far as it is known.
type Previous struct {
	Image   image.Ref
	From    string // who says so
	None    bool   // there is none: a first release
	Unknown string // why it is not known
}

// Given reads what somebody said it is: an image by digest, or None.
func Given(text string) (Previous, error) {
	if text == None {
		return Previous{From: flag, None: true}, nil
	}
	ref, err := image.Parse(text)
	if err != nil {
		return Previous{}, fmt.Errorf("read %s: %w\nOr --previous %s for a first release", flag, err, None)
	}
	return Previous{Image: ref, From: flag}, nil
}

// Running is what a stage says that it runs. A stage that runs nothing, or whose app nobody has made, has had no
// release yet; of every other answer nothing is known.
func Running(stage string, ref image.Ref, err error) Previous {
	p := Previous{From: "stage " + stage}
	switch nothing := new(promotion.NothingError); {
	case errors.As(err, &nothing):
		p.None = true
	case err != nil:
		p.Unknown = fmt.Sprintf("what stage %s runs is not known: %s", stage, err)
	default:
		p.Image = ref
	}
	return p
}

// Known says whether there is an image to try.
func (p Previous) Known() bool { return !p.Image.IsZero() }

// String tells one from the other, for a step that depends on it.
func (p Previous) String() string {
	switch {
	case p.None:
		return None
	case p.Unknown != "":
		return "not known"
	}
	return p.Image.String()
}
