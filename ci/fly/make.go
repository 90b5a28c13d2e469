package fly

import (
	"context"
	"fmt"
)

// make sends a request that makes something. When the answer is lost, make calls look, which reports whether the thing
// exists, before make sends the request again.
func (c *Client) make(ctx context.Context, ask func(context.Context) error, look func(context.Context) (found bool, err error)) error {
	var err error
	for i := range attempts {
		if err = ask(context.WithValue(ctx, creationKey{}, true)); !shouldRetry(ctx, err) {
			return err
		}
		if !c.wait(ctx, i, err) {
			return err
		}
		found, lookErr := look(ctx)
		if lookErr != nil {
			return fmt.Errorf("%w\nWhether Fly carried out the request is unknown: %w", err, lookErr)
		}
		if found {
			return nil
		}
	}
	return fmt.Errorf("%w (after %d attempts)", err, attempts)
}

type creationKey struct{}

// isCreation reports whether a request makes something, so that repeat must not send it again.
func isCreation(ctx context.Context) bool { return ctx.Value(creationKey{}) != nil }
