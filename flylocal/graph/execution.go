package graph

import (
	"context"
	"errors"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/renewa/pipeline/flylocal/problem"
)

// execution runs one operation.
type execution struct {
	api    *API
	doc    *ast.QueryDocument
	vars   map[string]any
	errors []*graphError
}

// root computes the fields of an operation. An unknown one is an error that names it.
func (x *execution) root(ctx context.Context, set ast.SelectionSet) map[string]any {
	data := map[string]any{}
	for _, f := range x.flat(set) {
		compute, known := x.api.fields[f.Name]
		if !known {
			data[f.Alias] = nil
			x.fail(&graphError{Message: "flylocal does not know the GraphQL field " + f.Name, Extensions: map[string]string{"code": "UNKNOWN_OPERATION"}}, f)
			continue
		}
		v, err := compute(ctx, x.arguments(f))
		if err != nil {
			data[f.Alias] = nil
			x.fail(err, f)
			continue
		}
		data[f.Alias] = x.project(ctx, v, f)
	}
	return data
}

// project returns the selected fields of a value.
func (x *execution) project(ctx context.Context, v any, f *ast.Field) any {
	switch v := v.(type) {
	case field:
		got, err := v(ctx, x.arguments(f))
		if err != nil {
			x.fail(err, f)
			return nil
		}
		return x.project(ctx, got, f)
	case []object:
		list := []any{}
		for _, o := range v {
			list = append(list, x.project(ctx, o, f))
		}
		return list
	case object:
		if v == nil {
			return nil
		}
		out := map[string]any{}
		for _, sub := range x.flat(f.SelectionSet) {
			value, known := v[sub.Name]
			if !known && sub.Name != "__typename" {
				x.api.log.Info("graphql: flylocal does not know a field and answers null", "field", f.Name+"."+sub.Name)
			}
			out[sub.Alias] = x.project(ctx, value, sub)
		}
		return out
	}
	return v
}

// flat returns the fields of a selection, those of fragments included.
func (x *execution) flat(set ast.SelectionSet) []*ast.Field {
	var all []*ast.Field
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			all = append(all, s)
		case *ast.InlineFragment:
			all = append(all, x.flat(s.SelectionSet)...)
		case *ast.FragmentSpread:
			if d := x.doc.Fragments.ForName(s.Name); d != nil {
				all = append(all, x.flat(d.SelectionSet)...)
			}
		}
	}
	return all
}

// fail adds an error of a field.
func (x *execution) fail(err error, f *ast.Field) {
	e := (*graphError)(nil)
	if !errors.As(err, &e) {
		e = &graphError{Message: err.Error()}
		if p := (*problem.Problem)(nil); errors.As(err, &p) && p.Status == 404 {
			e.Extensions = map[string]string{"code": "NOT_FOUND"}
		}
	}
	at := *e
	at.Path = []string{f.Alias}
	x.errors = append(x.errors, &at)
}

func always(v any) field {
	return func(context.Context, arguments) (any, error) { return v, nil }
}

// connection returns a list with one page.
func connection(nodes ...object) object {
	if nodes == nil {
		nodes = []object{}
	}
	return object{"nodes": nodes, "totalCount": len(nodes), "pageInfo": object{"hasNextPage": false, "endCursor": ""}}
}

func unauthorized(text string) *graphError {
	return &graphError{Message: "Not authorized: " + text, Extensions: map[string]string{"code": "UNAUTHORIZED"}}
}

// noWireGuard is an error, with which flyctl reads logs over HTTP.
func noWireGuard(context.Context, arguments) (any, error) {
	return nil, &graphError{Message: "flylocal has no WireGuard: its machines are on this machine's own network"}
}

func unknownRepository(context.Context, arguments) (any, error) {
	return nil, &graphError{Message: "Unknown repository"}
}
