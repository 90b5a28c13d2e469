package step_test

import (
	"os"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/verify/step"
)

// left is what the script leaves of one command, and more.
func left(more map[string]string) fstest.MapFS {
	fs := fstest.MapFS{}
	for name, text := range map[string]string{"run/started": "1767225600\n", "run/uptime": "100.25 102.5\n", "run/1.log": "", "run/1.code": "0\n"} {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range more {
		fs[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fs
}

var unit = step.Check{Name: "unit", Run: []string{"bun test"}, Timeout: time.Minute, JUnit: []string{"junit.xml"}}

func TestACheckFailsWhen(t *testing.T) {
	for reason, c := range map[string]struct {
		junit, want string
		change      func(*step.Check)
	}{
		"it ran no test":         {junit: `<testsuites/>`, want: "it ran no test: junit.xml counts none"},
		"all tests were skipped": {junit: `<testsuite><testcase name="a"><skipped/></testcase></testsuite>`, want: "it ran no test: junit.xml counts none"},
		"a report is broken":     {junit: `<testsuites><testcase`, want: "its JUnit report junit.xml cannot be read: XML syntax error"},
		"a report is empty":      {junit: ``, want: "its JUnit report junit.xml cannot be read: it has no test suite"},
		"a report is a page":     {junit: `<html/>`, want: "it has no test suite"},
		"its runner ends with 0": {junit: `<testsuite><testcase name="a"><error/></testcase></testsuite>`, want: "1 of 1 tests failed, although every command ended with code 0"},
		"a report is missing":    {junit: suite, want: "it left no report lcov.info", change: func(c *step.Check) { c.Reports = []string{"lcov.info"} }},
		"it did not do its work": {junit: suite, want: `its output has no "--- PASS": it did not do its work`, change: func(c *step.Check) { c.Says = "--- PASS" }},
	} {
		t.Run(reason, func(t *testing.T) {
			asked := unit
			if c.change != nil {
				c.change(&asked)
			}
			v, err := step.Read(left(map[string]string{"junit.xml": c.junit}), asked)
			require.NoError(t, err)
			require.Equal(t, step.Failed, v.Status)
			require.Len(t, v.Reasons, 1)
			require.Contains(t, v.Reasons[0], c.want)
		})
	}
}

func TestAFailureOfAProgramOfThisModuleIsItsMessageAlone(t *testing.T) {
	own := step.Check{Name: "migrations", Own: "migrations", Run: []string{"/pipeline/migrations -dir x -- /app/migrate apply"}, Timeout: time.Minute}
	for reason, c := range map[string]struct{ log, want string }{
		"its message": {
			"waiting for the server\nmigrations: earlier\nmigrations: from: there is no migration of version \"7\"\n  the versions are 1, 2\n",
			"migrations failed in 2.2 s\n  from: there is no migration of version \"7\"\n  the versions are 1, 2\nto reproduce: dagger call migrations\n",
		},
		"no message": {"signal: killed\n", "migrations failed in 2.2 s\n  migrations ended with code 1\nthe last lines of migrations:\n  | signal: killed\nto reproduce: dagger call migrations\n"},
	} {
		v, err := step.Read(left(map[string]string{"run/1.code": "1\n", "run/1.log": c.log}), own)
		require.NoError(t, err)
		require.Contains(t, v.String(), c.want, reason)
	}
}

func TestAFolderOfJUnitFilesIsReadWhole(t *testing.T) {
	c := unit
	c.JUnit = []string{"out/"}
	v, err := step.Read(left(map[string]string{"out/a.xml": suite, "out/deep/b.xml": suite, "out/notes.txt": "no XML"}), c)
	require.NoError(t, err)
	require.Equal(t, step.Passed, v.Status, v.String())
	require.Equal(t, "2 tests", v.Tests.String())
}

func TestMissingResultsAreNoVerdict(t *testing.T) {
	_, err := step.Read(fstest.MapFS{}, unit)
	require.ErrorContains(t, err, "the results of step unit cannot be read")
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestTheTextAndJSONOfAVerdict(t *testing.T) {
	passed, err := step.Read(left(map[string]string{"junit.xml": suite}), unit)
	require.NoError(t, err)
	golden.Equal(t, "passed.txt", passed.String())
	golden.Equal(t, "passed.json", passed.JSON())

	failed, err := step.Read(left(map[string]string{
		"run/1.code": "1\n",
		"run/1.log":  "\x1b[31mdays.test.ts:\x1b[0m\n\n  expected 3, received 4\n",
		"junit.xml": `<testsuites><testsuite name="frontend">
			<testsuite><testcase classname="days" name="are counted from midnight"><failure>expected 3</failure></testcase></testsuite>
			<testcase name="alone"/><testcase classname="days" name="of a leap year"><skipped/></testcase></testsuite></testsuites>`,
	}), unit)
	require.NoError(t, err)
	golden.Equal(t, "failed.txt", failed.String())
	golden.Equal(t, "failed.json", failed.JSON())
}

func TestAHeadlineTakesThePlaceOfPassedAndFailed(t *testing.T) {
	v := step.Verdict{Step: "compatibility", Status: step.Passed, Headline: "compatibility skipped: first release"}
	require.Equal(t, "compatibility skipped: first release\n", v.String())
}
