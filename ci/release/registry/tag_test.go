package registry_test

import (
	"testing"

	"github.com/renewa/pipeline/ci/config/build"
	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/release/registry"
)

func TestEveryInputOfTheBuildChangesTheTag(t *testing.T) {
	of := func(b build.Build) string { return registry.BuildTag("sha256:1", "linux/amd64", b.String()) }
	token := []secret.Requirement{{Name: "NPM_TOKEN", For: secret.Build}}
	base := of(build.Build{Target: "web", Args: map[string]string{"A": "1", "B": "2"}, Secrets: token})
	if again := of(build.Build{Target: "web", Args: map[string]string{"B": "2", "A": "1"}, Secrets: token}); again != base || len(base) != 22 {
		t.Errorf("the same build has the tags %s and %s", base, again)
	}
	seen := map[string]string{base: "the build"}
	for reason, tag := range map[string]string{
		"another target":       of(build.Build{Target: "api", Args: map[string]string{"A": "1", "B": "2"}, Secrets: token}),
		"another value":        of(build.Build{Target: "web", Args: map[string]string{"A": "1", "B": "3"}, Secrets: token}),
		"another arg":          of(build.Build{Target: "web", Args: map[string]string{"A": "1", "C": "2"}, Secrets: token}),
		"one arg less":         of(build.Build{Target: "web", Args: map[string]string{"A": "1"}, Secrets: token}),
		"a value of two lines": of(build.Build{Target: "web", Args: map[string]string{"A": "1\"\narg B \"2"}, Secrets: token}),
		"another secret":       of(build.Build{Target: "web", Args: map[string]string{"A": "1", "B": "2"}, Secrets: []secret.Requirement{{Name: "CA", For: secret.Build}}}),
		"no secret":            of(build.Build{Target: "web", Args: map[string]string{"A": "1", "B": "2"}}),
		"other files":          registry.BuildTag("sha256:2", "linux/amd64", build.Build{Target: "web", Args: map[string]string{"A": "1", "B": "2"}, Secrets: token}.String()),
		"another platform":     registry.BuildTag("sha256:1", "linux/arm64", build.Build{Target: "web", Args: map[string]string{"A": "1", "B": "2"}, Secrets: token}.String()),
	} {
		if other, taken := seen[tag]; taken {
			t.Errorf("%s has the tag of %s", reason, other)
		}
		seen[tag] = reason
	}
}
