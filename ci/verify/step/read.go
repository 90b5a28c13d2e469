package step

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Read makes a verdict from the results of a step. The error is for results that Script did not leave.
func Read(results fs.FS, c Check) (Verdict, error) {
	v := Verdict{Version: VerdictVersion, Step: c.Name, Status: Passed}
	if err := v.clock(results); err != nil {
		return v, fmt.Errorf("the results of step %s cannot be read: %w", c.Name, err)
	}
	if err := v.changes(results); err != nil {
		return v, fmt.Errorf("the results of step %s cannot be read: %w", c.Name, err)
	}
	output, err := v.commands(results, c)
	if err != nil {
		return v, fmt.Errorf("the results of step %s cannot be read: %w", c.Name, err)
	}
	failed := len(v.Reasons) > 0
	v.tests(results, c, failed)
	for _, name := range c.Reports {
		if _, err := fs.Stat(results, report(name)); err != nil && !failed {
			v.Fail("it left no report %s", name)
		}
	}
	if c.Says != "" && !failed && !strings.Contains(output, c.Says) {
		v.Fail("its output has no %q: it did not do its work", c.Says)
	}
	return v, nil
}

// report is the path of a report among the results, which is its path among the sources.
func report(name string) string { return path.Clean(name) }

func (v *Verdict) clock(results fs.FS) error {
	started, err := fs.ReadFile(results, "run/started")
	if err != nil {
		return err
	}
	at, err := strconv.ParseInt(strings.TrimSpace(string(started)), 10, 64)
	if err != nil {
		return err
	}
	uptime, err := fs.ReadFile(results, "run/uptime")
	if err != nil {
		return err
	}
	var before, after float64
	if _, err := fmt.Sscan(string(uptime), &before, &after); err != nil {
		return err
	}
	v.Started, v.Seconds = time.Unix(at, 0).UTC(), math.Round(100*(after-before))/100
	return nil
}

// commands notes how each command ended, and returns the output of all.
func (v *Verdict) commands(results fs.FS, c Check) (string, error) {
	var output strings.Builder
	for i, run := range c.Run {
		log, err := fs.ReadFile(results, fmt.Sprintf("run/%d.log", i+1))
		if errors.Is(err, fs.ErrNotExist) {
			v.Commands = append(v.Commands, Command{Run: run})
			v.Fail("`%s` did not start", run)
			continue
		} else if err != nil {
			return "", err
		}
		output.Write(log)
		ended := Command{Run: run}
		if ended.Code, err = code(results, i+1); err != nil {
			return "", err
		}
		v.judge(&ended, c, string(log))
		v.Commands = append(v.Commands, ended)
	}
	return output.String(), nil
}

func (v *Verdict) judge(ended *Command, c Check, log string) {
	name := "`" + ended.Run + "`"
	if c.Own != "" {
		name = c.Own
	}
	switch {
	case ended.Code == nil && v.Seconds >= c.Timeout.Seconds()-1:
		v.Fail("%s was killed: the timeout is %s", name, c.Timeout)
	case ended.Code == nil:
		v.Fail("%s was killed, and not by its timeout", name)
	case *ended.Code != 0:
		if message := ownMessage(log, c.Own); message != "" {
			v.Fail("%s", message) // alone: it is all that the program has to report
			return
		}
		v.Fail("%s ended with code %d", name, *ended.Code)
	default:
		return
	}
	ended.Last, ended.Program = LastLines(log), c.Own
}

// ownMessage returns the last message of a program of this module, which begins with the program's name; empty when there
// is none.
func ownMessage(log, program string) string {
	if program == "" {
		return ""
	}
	lines := LastLines(log)
	for i, line := range slices.Backward(lines) {
		if first, ok := strings.CutPrefix(line, program+": "); ok {
			return strings.Join(append([]string{first}, lines[i+1:]...), "\n")
		}
	}
	return ""
}

// code is nil for a command that was killed.
func code(results fs.FS, n int) (*int, error) {
	text, err := fs.ReadFile(results, fmt.Sprintf("run/%d.code", n))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	value, err := strconv.Atoi(strings.TrimSpace(string(text)))
	return &value, err
}

// enough is the number of lines of a failed command in a report; the log has all of them.
const enough = 40

var colour = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")

// LastLines are the last lines of a log, without colours and empty lines.
func LastLines(log string) []string {
	var lines []string
	for line := range strings.Lines(colour.ReplaceAllString(log, "")) {
		if line = strings.TrimRight(line, " \t\r\n"); line != "" {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-enough):]
}
