package pipeline

import (
	"strings"

	"github.com/moby/patternmatcher/ignorefile"
)

// IgnoreFile lies in the app's context, as docker build has it.
const IgnoreFile = ".dockerignore"

// Ignoring is the config with what its app's .dockerignore leaves out of the image, so that an edit of a test
// neither builds the image again nor gives it another name.
func (f Config) Ignoring(text string) (Config, error) {
	patterns, err := ignorefile.ReadAll(strings.NewReader(text))
	f.Ignored = patterns
	return f, err
}
