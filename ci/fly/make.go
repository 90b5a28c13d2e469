package fly

import (
	"context"
	"fmt"
)

// make asks Fly to make something, once. When the answer is lost, what may have been made is looked for
// before it is asked for again.
func (c *Client) make(ctx context.Context, ask func(context.Context) error, look func(context.Context) (found bool, err error)) error {
	var err error
	for i := range attempts {
		if err = ask(context.WithValue(ctx, makingKey{}, true)); !again(ctx, err) {
			return err
		}
		if !c.wait(ctx, i, err) {
			return err
		}
		found, lookErr := look(ctx)
		if lookErr != nil {
			return fmt.Errorf("%w\nWhether it was made could not be found out: %w", err, lookErr)
		}
		if found {
			return nil
		}
	}
	return fmt.Errorf("%w (after %d attempts)", err, attempts)
}

type makingKey struct{}

// making marks a request that must never be sent twice blindly.
func making(ctx context.Context) bool { return ctx.Value(makingKey{}) != nil }
