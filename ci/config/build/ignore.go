package build

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/moby/patternmatcher/ignorefile"
)

// ignored returns the patterns of the build's .dockerignore: ignorefile of the fly.toml, or else NAME.dockerignore
// beside the Dockerfile NAME, or else .dockerignore in the context. An edit of a file that matches builds nothing.
func (m *merger) ignored(b Build) ([]string, error) {
	files := []string{b.Dockerfile + ".dockerignore", path.Join(b.Context, ".dockerignore")}
	if stated := m.fly.Ignorefile; stated != "" {
		files = []string{stated}
	}
	for _, file := range files {
		text, err := m.read(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var patterns []string
		if err == nil {
			patterns, err = ignorefile.ReadAll(bytes.NewReader(text))
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		return patterns, nil
	}
	if m.fly.Ignorefile != "" {
		m.warnings = append(m.warnings, m.fly.Problem("ignorefile", fmt.Sprintf("%s does not exist: the whole context is sent to the build", m.fly.Ignorefile)))
	}
	return nil, nil
}
