package check

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

// Why a check ran that depends on nothing that changed.
const (
	FirstRun  = "first run here"
	Forgotten = "nothing changed, but the engine has forgotten its last run or was told to run it"
)

// Names are what a check depends on beside files, a line each like those of sha256sum: its arguments and pins.
func Names(c pipeline.Check, pins map[string]string) string {
	var b strings.Builder
	line := func(name string, value any) { fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(fmt.Append(nil, value)), name) }
	line("argument run", c.Run)
	line("argument env", c.Env)
	line("argument timeout", c.Timeout)
	line("argument reports", slices.Concat(c.JUnit, c.Reports))
	for _, name := range slices.Sorted(maps.Keys(pins)) {
		line("pin "+name, pins[name])
	}
	return b.String()
}

// changes compares what the check depended on with what that was the last time.
func (v *Verdict) changes(results fs.FS) error {
	after, err := named(results, "run/inputs")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	before, err := named(results, "run/inputs.before")
	if errors.Is(err, fs.ErrNotExist) {
		v.Changed = []string{FirstRun}
		return nil
	} else if err != nil {
		return err
	}
	v.Changed = differences(before, after)
	if len(v.Changed) == 0 {
		v.Changed = []string{Forgotten}
	}
	return nil
}

// differences are the names that were added, removed or have another value, in order: files first.
func differences(before, after map[string]string) []string {
	var names []string
	for name, value := range after {
		if was, ok := before[name]; !ok || was != value {
			names = append(names, name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			names = append(names, name+" (gone)")
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return strings.Compare(fmt.Sprint(!isFile(a), a), fmt.Sprint(!isFile(b), b))
	})
	return names
}

func isFile(name string) bool {
	return !strings.HasPrefix(name, "argument ") && !strings.HasPrefix(name, "pin ")
}

// named reads lines of a hash and a name.
func named(results fs.FS, at string) (map[string]string, error) {
	text, err := fs.ReadFile(results, at)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if value, name, ok := strings.Cut(strings.TrimRight(line, "\n"), "  "); ok {
			values[strings.TrimPrefix(name, "./")] = value
		}
	}
	return values, nil
}
