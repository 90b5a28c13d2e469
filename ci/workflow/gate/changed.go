package gate

import (
	"fmt"
	"path"
	"strconv"
	"strings"
)

// parseChanged returns the paths that `git diff --name-only --no-renames` printed, one a line. Git puts a path with an
// unusual character into quotes.
func parseChanged(text string) ([]string, error) {
	var files []string
	for line := range strings.Lines(text) {
		file := strings.TrimRight(line, "\r\n")
		if file == "" {
			continue
		}
		if strings.HasPrefix(file, `"`) {
			unquoted, err := strconv.Unquote(file)
			if err != nil {
				return nil, fmt.Errorf("--changed has a line with an open quote, so the gate is closed: %q\nGive the output of git diff --name-only --no-renames", file)
			}
			file = unquoted
		}
		if path.IsAbs(file) || path.Clean(file) != file || strings.HasPrefix(file, "../") {
			return nil, fmt.Errorf("--changed has %q, which is no path below the top of the repository, so the gate is closed\nGive the output of git diff --name-only --no-renames", file)
		}
		files = append(files, file)
	}
	return files, nil
}
