package graph

import "github.com/vektah/gqlparser/v2/ast"

// arguments returns the arguments of a field.
func (x *execution) arguments(f *ast.Field) arguments {
	args := arguments{}
	for _, a := range f.Arguments {
		if v, err := a.Value.Value(x.vars); err == nil {
			args[a.Name] = v
		}
	}
	return args
}

// text returns an argument as a string.
func (a arguments) text(name string) string {
	s, _ := a[name].(string)
	return s
}

// input returns the argument that mutations have.
func (a arguments) input() arguments {
	in, _ := a["input"].(map[string]any)
	return in
}

// number returns an argument as a number.
func (a arguments) number(name string, otherwise int) int {
	switch v := a[name].(type) {
	case float64:
		return int(v)
	case int64:
		return int(v)
	}
	return otherwise
}
