package pipeline_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

func TestACheckIsFoundByNameAndHasPatienceUnlessItSaysOtherwise(t *testing.T) {
	f := parse(t, lint+"env = { CI = \"1\" }\n"+strings.Replace(lint, "lint", "audit", 1)+"timeout = \"90s\"\n"+minimal)
	c, err := f.CheckNamed("lint")
	if err != nil || c.Timeout != 10*time.Minute || c.Env["CI"] != "1" || !slices.Equal(c.Run, []string{"x"}) {
		t.Errorf("got %+v, %v", c, err)
	}
	if c, _ := f.CheckNamed("audit"); c.Timeout != 90*time.Second {
		t.Errorf("audit waits %s", c.Timeout)
	}
	var unknown *pipeline.UnknownCheckError
	if _, err := f.CheckNamed("lnit"); !errors.As(err, &unknown) || !strings.Contains(err.Error(), `did you mean "lint"?`) || unknown.Hint() != "pipeline.toml states lint, audit" {
		t.Errorf("got %v", err)
	}
	if _, err := parse(t, minimal).CheckNamed("lint"); !errors.As(err, &unknown) || !strings.Contains(unknown.Hint(), "add [[check]]") {
		t.Errorf("got %v", err)
	}
}

func TestTheStepsAreTheChecksAndTheImageOrThoseAskedFor(t *testing.T) {
	f := parse(t, lint+minimal)
	for reason, c := range map[string]struct{ only, want []string }{
		"all":         {nil, []string{"lint", "image"}},
		"one":         {[]string{"image"}, []string{"image"}},
		"one unknown": {[]string{"lint", "imag"}, nil},
	} {
		if got, err := f.Steps(c.only); !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%s: got %v, %v", reason, got, err)
		}
	}
}
