package finding

import "fmt"

// A Form is a format of a report.
type Form func(Report) (string, error)

var forms = map[string]Form{
	"text":  func(r Report) (string, error) { return r.String(), nil },
	"md":    func(r Report) (string, error) { return r.Markdown(), nil },
	"json":  func(r Report) (string, error) { return r.JSON(), nil },
	"sarif": Report.SARIF,
}

// FormOf returns the form of a format's name.
func FormOf(format string) (Form, error) {
	form, known := forms[format]
	if !known {
		return nil, fmt.Errorf("unknown format %q: use text, md, json or sarif", format)
	}
	return form, nil
}

// Text returns the report in a form. A report that fails is the error.
func (r Report) Text(form Form) (string, error) {
	text, err := form(r)
	if err == nil && !r.Passed() {
		return "", &FailedError{text}
	}
	return text, err
}

// A FailedError is a report that fails; its text is the report.
type FailedError struct{ text string }

func (e *FailedError) Error() string { return e.text }

// A File is a report in one format.
type File struct{ Name, Text string }

// Files returns the report in every format.
func (r Report) Files() ([]File, error) {
	var files []File
	for _, f := range []struct{ name, format string }{{"scan.txt", "text"}, {"scan.md", "md"}, {"scan.json", "json"}, {"scan.sarif", "sarif"}} {
		text, err := forms[f.format](r)
		if err != nil {
			return nil, err
		}
		files = append(files, File{f.name, text})
	}
	return files, nil
}
