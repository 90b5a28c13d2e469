package step

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
)

// Tests are the counts of a step's JUnit files.
type Tests struct {
	Total   int      `json:"total"`
	Skipped int      `json:"skipped"`
	Failed  []string `json:"failed,omitempty"` // by name
}

// tests reads the counts. A missing file is no further reason when a command failed.
func (v *Verdict) tests(results fs.FS, c Check, failed bool) {
	if len(c.JUnit) == 0 {
		return
	}
	v.Tests = &Tests{}
	for _, name := range c.JUnit {
		before := *v.Tests
		files, err := v.Tests.count(results, report(name))
		switch {
		case err != nil:
			v.Fail("its JUnit report %s cannot be read: %v", name, err)
		case failed: // a runner that failed may leave no report, or a part of one
		case files == 0:
			v.Fail("it left no JUnit report %s", name)
		case v.Tests.Total-v.Tests.Skipped == before.Total-before.Skipped:
			v.Fail("it ran no test: %s counts none", name)
		}
	}
	if !failed && len(v.Tests.Failed) > 0 {
		v.Fail("%d of %d tests failed, although every command ended with code 0", len(v.Tests.Failed), v.Tests.Total)
	}
}

// count reads a file, or every .xml file below a folder, and returns the number of files.
func (t *Tests) count(results fs.FS, at string) (files int, err error) {
	err = fs.WalkDir(results, at, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || name != at && path.Ext(name) != ".xml" {
			return err
		}
		f, err := results.Open(name)
		if err != nil {
			return err
		}
		files++
		return errors.Join(t.read(f), f.Close())
	})
	return files, err
}

func (t *Tests) read(r io.Reader) error {
	d := xml.NewDecoder(r)
	suites := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) && suites == 0 {
			return errors.New("it has no test suite")
		} else if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		element, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch element.Name.Local {
		case "testsuites", "testsuite":
			suites++
		case "testcase":
			if err := t.testcase(d, element); err != nil {
				return err
			}
		}
	}
}

func (t *Tests) testcase(d *xml.Decoder, start xml.StartElement) error {
	var c struct {
		Class   string    `xml:"classname,attr"`
		Name    string    `xml:"name,attr"`
		Failure *struct{} `xml:"failure"`
		Error   *struct{} `xml:"error"`
		Skipped *struct{} `xml:"skipped"`
	}
	if err := d.DecodeElement(&c, &start); err != nil {
		return err
	}
	t.Total++
	switch {
	case c.Failure != nil || c.Error != nil:
		t.Failed = append(t.Failed, strings.TrimPrefix(fmt.Sprintf("%s: %s", c.Class, c.Name), ": "))
	case c.Skipped != nil:
		t.Skipped++
	}
	return nil
}
