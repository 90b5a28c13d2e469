package graph

import "github.com/vektah/gqlparser/v2/ast"

func (x *execution) arguments(f *ast.Field) arguments {
	args := arguments{}
	for _, a := range f.Arguments {
		if v, err := a.Value.Value(x.vars); err == nil {
			args[a.Name] = v
		}
	}
	return args
}

// text is an argument as a string.
func (a arguments) text(name string) string {
	s, _ := a[name].(string)
	return s
}

// input is the argument mutations have.
func (a arguments) input() arguments {
	in, _ := a["input"].(map[string]any)
	return in
}

func (a arguments) number(name string, otherwise int) int {
	switch v := a[name].(type) {
	case float64:
		return int(v)
	case int64:
		return int(v)
	}
	return otherwise
}
