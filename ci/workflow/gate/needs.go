package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// The results that a job can have.
const (
	success   = "success"
	failure   = "failure"
	cancelled = "cancelled"
	skipped   = "skipped"
)

// validName matches the ids that GitHub accepts for a job.
var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// parseNeeds returns the result of each job in the JSON of a workflow's needs context, which is {"job": {"result": "…",
// "outputs": {…}}}. A name that stands twice is an error: one of the two results would be ignored.
func parseNeeds(text string) (map[string]string, error) {
	jobs, err := object([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("--needs is no JSON of the needs context, so the gate is closed: %w\nGive ${{ toJSON(needs) }}", err)
	}
	results := map[string]string{}
	for name, raw := range jobs {
		if !validName.MatchString(name) {
			return nil, fmt.Errorf("--needs has the job %q, which is no id of a job, so the gate is closed\nGive ${{ toJSON(needs) }}", name)
		}
		job, err := object(raw)
		if err != nil {
			return nil, fmt.Errorf("--needs has no object for the job %q, so the gate is closed: %w\nGive ${{ toJSON(needs) }}", name, err)
		}
		var result *string
		if json.Unmarshal(job["result"], &result) != nil || result == nil {
			return nil, fmt.Errorf("--needs has no result for the job %q, so the gate is closed\nGive ${{ toJSON(needs) }}", name)
		}
		results[name] = *result
	}
	return results, nil
}

// object decodes a JSON object and nothing after it. Names are compared exactly, which encoding/json does only in maps.
func object(text []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, errors.New("it does not begin with {")
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := name.(string)
		if _, twice := members[key]; twice {
			return nil, fmt.Errorf("it has the name %q twice", key)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		members[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("text follows its last brace")
	}
	return members, nil
}
