package step

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Why a step ran although nothing that it depends on changed.
const (
	FirstRun  = "first run on this engine"
	Forgotten = "nothing changed; the engine no longer has the last result, or --again was given"
)

// What stands before the name of an input that is no file, and behind that of a file that was removed.
const (
	argument = "argument "
	pin      = "pin "
	gone     = " (gone)"
)

// Sums returns a hash and a name, in lines as sha256sum prints them, for each input of a step that is no file: its
// arguments and pins.
func Sums(c Check, pins map[string]string) string {
	var b strings.Builder
	line := func(name string, value any) { fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(fmt.Append(nil, value)), name) }
	line(argument+"run", c.Run)
	line(argument+"env", c.Env)
	line(argument+"timeout", c.Timeout)
	line(argument+"reports", slices.Concat(c.JUnit, c.Reports))
	for _, name := range slices.Sorted(maps.Keys(pins)) {
		line(pin+name, pins[name])
	}
	return b.String()
}

// changes compares the inputs of this run with those of the last one.
func (v *Verdict) changes(results fs.FS) error {
	after, err := sums(results, "run/inputs")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	before, err := sums(results, "run/inputs.before")
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

// differences names the inputs that were added, removed or changed, files first.
func differences(before, after map[string]string) []string {
	var names []string
	for name, value := range after {
		if was, ok := before[name]; !ok || was != value {
			names = append(names, name)
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			names = append(names, name+gone)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return strings.Compare(fmt.Sprint(!isFile(a), a), fmt.Sprint(!isFile(b), b))
	})
	return names
}

func isFile(name string) bool {
	return !strings.HasPrefix(name, argument) && !strings.HasPrefix(name, pin)
}

// sentence puts one of Changed into words for the table.
func sentence(change string) string {
	if change == FirstRun || change == Forgotten {
		return change
	}
	if name, is := strings.CutSuffix(change, gone); is {
		return strings.TrimPrefix(strings.TrimPrefix(name, pin), argument) + " is gone"
	}
	return strings.TrimPrefix(strings.TrimPrefix(change, pin), argument) + " changed"
}

// sums reads the lines of Sums, or of sha256sum, as hashes by name.
func sums(results fs.FS, at string) (map[string]string, error) {
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
