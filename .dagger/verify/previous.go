package verify

import (
	"context"

	"github.com/renewa/pipeline/ci/release/image"
	"github.com/renewa/pipeline/ci/release/promotion"
	"github.com/renewa/pipeline/ci/verify/compatibility"
)

// previous returns the image before the new one: as the call states it, or what the last environment runs.
func (v Verifier) previous(ctx context.Context) (compatibility.Previous, error) {
	last := compatibility.Last{Name: v.Last().Name}
	if v.Target.Token != nil {
		last.Running = v.running
	}
	return compatibility.Find(ctx, v.Options.Previous, last)
}

// running asks Fly which image the last environment runs.
func (v Verifier) running(ctx context.Context) (image.Ref, error) {
	client, err := v.Target.Dial(ctx)
	if err != nil {
		return image.Ref{}, err
	}
	return promotion.Running(ctx, client, v.Last().Name, v.Last().Fly.App)
}
