package verify

import (
	"context"

	"github.com/renewa/pipeline/ci/fly"
	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
	"github.com/renewa/pipeline/ci/verify/compatibility"
)

// previous returns the image before the new one: as the call states it, or what the last environment runs.
func (v Verifier) previous(ctx context.Context) (compatibility.Previous, error) {
	if given := v.Options.Previous; given != "" {
		return compatibility.Given(given)
	}
	last := v.Last()
	ref, err := v.running(ctx, last.Fly.App)
	return compatibility.Running(last.Name, ref, err), nil
}

// running asks Fly which image an app runs. An app that does not exist runs nothing.
func (v Verifier) running(ctx context.Context, app string) (image.Ref, error) {
	if v.Target.Token == nil {
		return image.Ref{}, compatibility.ErrNoFly
	}
	client, err := v.Target.Dial(ctx)
	if err != nil {
		return image.Ref{}, err
	}
	if _, err := client.App(ctx, app); fly.NotFound(err) {
		return image.Ref{}, &promotion.NothingError{App: app}
	}
	return promotion.RunningImage(ctx, client, app)
}
