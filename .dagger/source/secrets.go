package source

import (
	"context"
	"fmt"

	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/config/secret"
)

// WithSecrets returns a copy whose builds get the secrets of the kind build, out of those that a call gives for the first
// environment. An error is kept for a build, because most calls build nothing.
func (r Repository) WithSecrets(ctx context.Context, given *dagger.Secret) Repository {
	if !r.Build.TakesSecrets() {
		return r
	}
	values, err := r.buildSecrets(ctx, given)
	if err != nil {
		r.lacking = fmt.Errorf("build the image, nothing was built: secrets of the build are those of environment %s: %w", r.First().Name, err)
	}
	for name, value := range values.All() {
		r.secrets = append(r.secrets, dag.SetSecret(name, value.Reveal())) // the engine passes a secret to a build by its name
	}
	return r
}

func (r Repository) buildSecrets(ctx context.Context, given *dagger.Secret) (secret.Set, error) {
	if given == nil {
		return r.Build.Values(secret.Set{})
	}
	text, err := given.Plaintext(ctx)
	if err != nil {
		return secret.Set{}, secret.Unreadable("--secrets", "PIPELINE_SECRETS", err)
	}
	set, err := secret.Parse([]byte(text), r.First().SecretStage())
	if err != nil {
		return secret.Set{}, err
	}
	return r.Build.Values(set)
}
