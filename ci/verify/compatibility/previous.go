package compatibility

import (
	"context"
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
	From    string // the source: an environment, or --previous
	None    bool   // a first release
	Unknown string // why the image is unknown
	NoFly   bool   // the image is unknown because the call names no Fly

	Runs       image.Ref // the image that Last runs, although --previous states a first release; zero: none, or unknown
	Last       string    // the last environment, when the call states a first release
	Unverified string    // why it is unknown whether Last runs an image
}

// Last is the last environment, which runs the previous image.
type Last struct {
	Name    string
	Running func(ctx context.Context) (image.Ref, error) // asks Fly; nil when the call has no token
}

// Find returns the previous image: the one that the call names, or the one that the last environment runs. The word
// None is compared with the image that the last environment runs, when Fly can be asked.
func Find(ctx context.Context, given string, last Last) (Previous, error) {
	if given != "" && given != None || given == None && last.Running == nil {
		return Given(given)
	}
	ref, err := image.Ref{}, ErrNoFly
	if last.Running != nil {
		ref, err = last.Running(ctx)
	}
	found := Running(last.Name, ref, err)
	if given == None {
		return Previous{From: flag, None: true, Runs: found.Image, Last: last.Name, Unverified: found.Unknown}, nil
	}
	return found, nil
}

// contradicted returns the error of a call that states a first release although the last environment runs an image with
// a suite. An image without one is no contradiction: this release is the first that can be compared with a later one.
func (p Previous) contradicted(runs Image) error {
	if runs.Suite == "" {
		return nil
	}
	return fmt.Errorf("%s %s is wrong: environment %s runs %s, which has a suite, so this is no first release. Leave %[1]s out to try that image, or give another one by %[1]s IMAGE@DIGEST",
		flag, None, p.Last, p.Runs)
}

// firstRelease is the note on a first release.
func (p Previous) firstRelease() string {
	switch {
	case !p.Runs.IsZero():
		return fmt.Sprintf("the first release with a suite (by %s): environment %s runs %s, which has none", p.From, p.Last, p.Runs)
	case p.Unverified != "":
		return fmt.Sprintf("a first release (by %s), which could not be verified: %s", p.From, p.Unverified)
	}
	return fmt.Sprintf("a first release (by %s): there is no previous image", p.From)
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
		return Previous{}, fmt.Errorf("%s is refused: %w\nFor a first release, give --previous %s", flag, err, None)
	}
	return Previous{Image: ref, From: flag}, nil
}

// Running is the image that an environment runs, or why it is unknown. An environment that runs nothing has had no
// release: its error has a method RunsNothing, as promotion.NothingError and setup.NoAppError have.
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
	case p.None && !p.Runs.IsZero():
		return None + " before " + p.Runs.String()
	case p.None:
		return None
	case p.Unknown != "":
		return "unknown"
	}
	return p.Image.String()
}
