// Package graph is the part of Fly's GraphQL API that deploy tools use.
package graph

import (
	"context"
	"log/slog"
	"maps"
	"net/http"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/renewa/pipeline/flylocal/answer"
	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/token"
)

// API serves /graphql.
type API struct {
	cloud  *control.Cloud
	log    *slog.Logger
	fields map[string]field // queries and mutations
}

// arguments are the arguments of a field.
type arguments map[string]any

// field computes the value of a field from its arguments.
type field func(context.Context, arguments) (any, error)

// object is a value with fields. A field may be a function, which is called when the field is selected.
type object map[string]any

// New returns the API of a cloud.
func New(c *control.Cloud, log *slog.Logger) *API {
	a := &API{cloud: c, log: log}
	a.fields = map[string]field{
		"app": a.app, "appcompact": a.app, "apps": a.apps, "organization": a.organization, "organizations": a.organizations,
		"viewer": a.viewer, "canPerformBluegreenDeployment": always(true), "latestImageDetails": unknownRepository,
		"validateWireGuardPeers": noWireGuard, "addOns": always(connection()), "platform": a.platform, "nearestRegion": a.nearest,
		"createApp": a.createApp, "deleteApp": a.deleteApp, "setSecrets": a.setSecrets, "unsetSecrets": a.unsetSecrets,
		"createRelease": a.createRelease, "updateRelease": a.updateRelease,
		"allocateIpAddress": a.allocateIP, "releaseIpAddress": a.releaseIP,
	}
	return a
}

type request struct {
	Query     string         `json:"query"`
	Variables map[string]any `json:"variables"`
	Operation string         `json:"operationName"`
}

// graphError is an error of GraphQL.
type graphError struct {
	Message    string            `json:"message"`
	Path       []string          `json:"path,omitempty"`
	Extensions map[string]string `json:"extensions,omitempty"`
}

func (e *graphError) Error() string { return e.Message }

// ServeHTTP answers one operation.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q request
	if !answer.Read(w, r, &q) {
		return
	}
	op, doc, err := operation(q)
	if err != nil {
		answer.JSON(w, http.StatusOK, map[string]any{"errors": []*graphError{{Message: err.Error()}}})
		return
	}
	t := token.From(r.Context())
	x := &execution{api: a, doc: doc, vars: variables(op, q.Variables)}
	if op.Operation == ast.Mutation && t.Scope == token.Read {
		answer.JSON(w, http.StatusOK, map[string]any{"errors": []*graphError{unauthorized("this token may read only")}})
		return
	}
	data := x.root(r.Context(), op.SelectionSet)
	out := map[string]any{"data": data}
	if len(x.errors) > 0 {
		out["errors"] = x.errors
	}
	answer.JSON(w, http.StatusOK, out)
}

func operation(q request) (*ast.OperationDefinition, *ast.QueryDocument, error) {
	doc, err := parser.ParseQuery(&ast.Source{Input: q.Query})
	if err != nil {
		return nil, nil, err
	}
	op := doc.Operations.ForName(q.Operation)
	if op == nil {
		return nil, nil, &graphError{Message: "the request has no operation named " + q.Operation}
	}
	return op, doc, nil
}

// variables returns the variables of the request, and the defaults of those that it lacks.
func variables(op *ast.OperationDefinition, given map[string]any) map[string]any {
	all := map[string]any{}
	for _, v := range op.VariableDefinitions {
		if v.DefaultValue != nil {
			all[v.Variable], _ = v.DefaultValue.Value(nil)
		}
	}
	maps.Copy(all, given)
	return all
}
