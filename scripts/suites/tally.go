package main

import (
	"regexp"
	"slices"
	"strings"
)

// event is one line of `go test -json`: https://pkg.go.dev/cmd/test2json
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// tally counts the tests of one suite. A test with subtests counts by its subtests, so that the sum is right.
type tally struct {
	passed, failed, skipped int
	failures                []failure
	skips                   []skip
	current                 string // the test that began last
	tests                   map[key]*test
}

// failure is a test that failed with the end of its output, or why the suite itself failed.
type failure struct {
	what   string
	output []string
}

// skip is a test that did not run.
type skip struct{ test, reason string }

type key struct{ pkg, name string }

// test is a test that runs, or a package, whose name is empty.
type test struct {
	output      []string
	hasSubtests bool
	failedBelow bool // a subtest of a test, or a test of a package, has failed
}

func (t *tally) test(k key) *test {
	if t.tests == nil {
		t.tests = map[key]*test{}
	}
	if t.tests[k] == nil {
		t.tests[k] = &test{}
	}
	return t.tests[k]
}

// add counts an event. For a test that ends in failure it returns the output of this test.
func (t *tally) add(e event) (output []string) {
	k := key{e.Package, e.Test}
	this := t.test(k)
	above := t.test(key{e.Package, parent(e.Test)})
	switch e.Action {
	case "run":
		t.current = e.Test
		above.hasSubtests = e.Test != ""
	case "output":
		this.output = append(this.output, e.Output)
		return nil
	case "pass":
		if e.Test != "" && !this.hasSubtests {
			t.passed++
		}
	case "skip":
		if e.Test != "" {
			t.skipped++
			t.skips = append(t.skips, skip{e.Test, reason(this.output)})
		}
	case "fail":
		if !this.failedBelow {
			t.failed++
			output = this.output
			name := e.Test
			if e.Test == "" {
				var running []string
				running, output = t.unfinished(e.Package)
				name = strings.Join(append([]string{"the test program ended"}, running...), ", in ")
			}
			t.failures = append(t.failures, failure{strings.TrimSpace(name + " " + elsewhere(e)), output[max(0, len(output)-quoted):]})
		}
		above.failedBelow = true
	default:
		return nil
	}
	if e.Action != "run" {
		delete(t.tests, k)
	}
	return output
}

// quoted is how many lines of a failed test's output the table repeats.
const quoted = 20

// unfinished are the tests of a package that have no verdict, and the output of the package and of these tests.
func (t *tally) unfinished(pkg string) (names, output []string) {
	output = slices.Clone(t.test(key{pkg, ""}).output)
	for k, this := range t.tests {
		if k.pkg == pkg && k.name != "" {
			names = append(names, k.name)
			output = append(output, this.output...)
		}
	}
	slices.Sort(names)
	return names, output
}

// elsewhere names the package of a failure in a suite of several packages.
func elsewhere(e event) string {
	if strings.Contains(e.Package, "/") {
		return "(" + e.Package + ")"
	}
	return ""
}

// parent is the test above a subtest, or the package, whose name is empty.
func parent(test string) string {
	return test[:max(0, strings.LastIndex(test, "/"))]
}

var place = regexp.MustCompile(`^\S+\.go:\d+: `)

// reason is the last line that a skipped test printed, without its file and line.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") {
			return place.ReplaceAllString(line, "")
		}
	}
	return "no reason given"
}
