// Package workflow checks the workflow files of GitHub Actions: who can reach a secret, what an outsider can change, what a
// run may do. Its subpackage gate decides whether a change may merge.
package workflow

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Finding is a line of a workflow file that breaks a rule.
type Finding struct {
	File string
	Line int
	Text string
}

// String returns "file:line: text", which editors and CI turn into a link.
func (f Finding) String() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text) }

// Check returns what breaks a rule in the workflow files, which are given by path, in the order of file and line.
func Check(files map[string][]byte) []Finding {
	var found []Finding
	owner := map[string]string{} // the file of each job
	for _, name := range slices.Sorted(keys(files)) {
		w, err := parse(name, files[name])
		if err != nil {
			found = append(found, Finding{name, 1, err.Error()})
			continue
		}
		for _, rule := range rules {
			rule(w)
		}
		for _, j := range w.jobs {
			if other := owner[j.id]; other != "" {
				w.refuse(j.key, "the job %s is also in %s: a required status is found by its job's name alone, so rename one", j.id, path.Base(other))
			}
			owner[j.id] = name
		}
		slices.SortStableFunc(w.found, func(a, b Finding) int { return a.Line - b.Line })
		found = append(found, w.found...)
	}
	return found
}

func keys(files map[string][]byte) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range files {
			if !yield(name) {
				return
			}
		}
	}
}

// A workflow is one file. Its found grows while the rules run.
type workflow struct {
	file  string
	root  *yaml.Node
	jobs  []job
	found []Finding
}

type job struct {
	id    string
	key   *yaml.Node // its id
	node  *yaml.Node
	steps []*yaml.Node
}

// parse reads a file. A file that is no workflow is an error: no rule could be checked.
func parse(name string, text []byte) (*workflow, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("this is no YAML: %w", err)
	}
	if len(document.Content) == 0 {
		return nil, fmt.Errorf("the file is empty")
	}
	w := &workflow{file: name, root: document.Content[0]}
	jobs := get(w.root, "jobs")
	if jobs == nil || len(jobs.Content) == 0 {
		return nil, fmt.Errorf("the file has no jobs")
	}
	for i := 0; i+1 < len(jobs.Content); i += 2 {
		j := job{id: jobs.Content[i].Value, key: jobs.Content[i], node: jobs.Content[i+1]}
		if steps := get(j.node, "steps"); steps != nil {
			j.steps = steps.Content
		}
		w.jobs = append(w.jobs, j)
	}
	return w, nil
}

func (w *workflow) refuse(at *yaml.Node, format string, args ...any) {
	line := 1
	if at != nil {
		line = at.Line
	}
	w.found = append(w.found, Finding{w.file, line, fmt.Sprintf(format, args...)})
}

// triggers returns the names of the events that start the workflow.
func (w *workflow) triggers() []string {
	on := get(w.root, "on")
	var names []string
	switch {
	case on == nil:
	case on.Kind == yaml.ScalarNode:
		names = []string{on.Value}
	case on.Kind == yaml.MappingNode:
		for i := 0; i < len(on.Content); i += 2 {
			names = append(names, on.Content[i].Value)
		}
	default:
		for _, n := range on.Content {
			names = append(names, n.Value)
		}
	}
	return names
}

// get returns the value at a path of keys, or nil.
func get(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		var value *yaml.Node
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				value = n.Content[i+1]
			}
		}
		n = value
	}
	return n
}

// text returns the scalar at a path of keys, or "".
func text(n *yaml.Node, path ...string) string {
	if v := get(n, path...); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// first returns the first scalar below n for which is returns true, or nil.
func first(n *yaml.Node, is func(value string) bool) *yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		if is(n.Value) {
			return n
		}
		return nil
	}
	for _, c := range n.Content {
		if hit := first(c, is); hit != nil {
			return hit
		}
	}
	return nil
}

// list returns the scalars of a list, or of a single scalar.
func list(n *yaml.Node) []string {
	if n == nil {
		return nil
	}
	if n.Kind == yaml.ScalarNode {
		return []string{n.Value}
	}
	var values []string
	for _, c := range n.Content {
		values = append(values, c.Value)
	}
	return values
}

// condition returns an if without the optional ${{ }}.
func condition(n *yaml.Node) string {
	value := strings.TrimSpace(text(n, "if"))
	if inner, ok := strings.CutPrefix(value, "${{"); ok {
		value = strings.TrimSpace(strings.TrimSuffix(inner, "}}"))
	}
	return value
}
