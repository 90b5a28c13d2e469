package ci_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// refused are words that have a plain term: function, package, architecture, reported, output, withLogVolume, migrationLog.
var refused = regexp.MustCompile(`(?i)^(doors?|rooms?|houses?|told|said|hear|heard|hearing|schemaless)$`)

// exceptions are the places where a refused word stays, at most ten: file and word, and the reason.
var exceptions = map[string]string{
	"ci/words_test.go *":                   "it lists the words",
	"lab/tools/golangci-lint/go.mod house": "ClickHouse is the name of another project",
}

// recorded is whether other programs wrote a file: lockfiles, and the JSON and SARIF below a testdata folder.
func recorded(file string) bool {
	name := path.Base(file)
	return slices.Contains([]string{"go.sum", "bun.lock", "package-lock.json"}, name) ||
		strings.Contains(file, "/testdata/") && slices.Contains([]string{".json", ".sarif"}, path.Ext(name))
}

func TestNoRefusedWordIsInTheRepository(t *testing.T) {
	require.LessOrEqual(t, len(exceptions), 10)
	var hits []string
	used := map[string]bool{}
	allowed := func(file, word string) bool {
		for _, key := range []string{file + " *", file + " " + strings.ToLower(word)} {
			if exceptions[key] != "" {
				used[key] = true
				return true
			}
		}
		return false
	}
	for _, file := range trackedFiles(t) {
		text, err := os.ReadFile("../" + file)
		if errors.Is(err, fs.ErrNotExist) || recorded(file) || bytes.IndexByte(text, 0) >= 0 {
			continue
		}
		require.NoError(t, err)
		for i, line := range append([]string{file}, strings.Split(string(text), "\n")...) { // line 0 is the path
			for _, word := range parts(line) {
				if refused.MatchString(word) && !allowed(file, word) {
					hits = append(hits, fmt.Sprintf("%s:%d: %s: %s", file, i, word, strings.TrimSpace(line)))
				}
			}
		}
	}
	if len(hits) > 0 {
		t.Fatalf("%d refused words:\n%s", len(hits), strings.Join(hits, "\n"))
	}
	for key := range exceptions {
		require.True(t, used[key], "no longer needed: %s", key)
	}
}

func TestIdentifiersAreReadByTheirParts(t *testing.T) {
	require.Equal(t, []string{"the", "Door", "HTTP", "Room", "N", "SAID", "told", "tolder", "a", "doors"}, parts("theDoor HTTPRoom2N_SAID told1 tolder a-doors"))
}

var seams = []*regexp.Regexp{regexp.MustCompile(`([a-z0-9])([A-Z])`), regexp.MustCompile(`([A-Z])([A-Z][a-z])`)}

// parts are the words of a line: camelCase and snake_case are divided.
func parts(line string) []string {
	for _, seam := range seams {
		line = seam.ReplaceAllString(line, "$1 $2")
	}
	return strings.FieldsFunc(line, func(r rune) bool { return !unicode.IsLetter(r) })
}
