package pipeline

import (
	"strings"

	"github.com/moby/patternmatcher/ignorefile"
)

// IgnoreFile lies in the app's context, where docker build expects it.
const IgnoreFile = ".dockerignore"

// WithIgnored returns the config with the patterns of the app's .dockerignore: an edit of a matching file neither builds
// the image again nor changes the image's tag.
func (f Config) WithIgnored(text string) (Config, error) {
	patterns, err := ignorefile.ReadAll(strings.NewReader(text))
	f.Ignored = patterns
	return f, err
}
