package fly_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// forbidden has the functions of fly-go that this package must not use, with the reason.
var forbidden = map[string]string{
	"AcquireLease":         "asks again for a minute, also with a token that was refused",
	"AppNameAvailable":     "panics when there is such an app",
	"Do":                   "is fly-go's when it is called on its client: it repeats a POST after a 502",
	"GetAppLogs":           "asks Fly's cloud, whatever Fly is meant",
	"IsNotFoundError":      "does not recognise the errors of GraphQL",
	"Launch":               "makes up to four machines for one",
	"List":                 "puts the state into the address as it is",
	"Logger":               "logs requests, and with them the values of secrets",
	"NewClientFromOptions": "is GraphQL with all of that",
	"Wait":                 "waits for an instance that may be gone",
}

// This package builds requests with fly-go's clients and sends none with them.
func TestNoForbiddenFunctionOfFlyGoIsUsed(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	asked := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok {
					require.NotEqual(t, "Logger", key.Name, "%s: Logger %s", name, forbidden["Logger"])
				}
			case *ast.SelectorExpr:
				if of := owner(n); of == "requests" || of == "fly" || of == "flaps" {
					require.NotContains(t, forbidden, n.Sel.Name, "%s: %s %s", name, n.Sel.Name, forbidden[n.Sel.Name])
				}
				if owner(n) == "requests" {
					require.Equal(t, "NewRequest", n.Sel.Name, name)
					asked++
				}
			}
			return true
		})
	}
	require.Positive(t, asked, "fly-go's client is not called requests any more")
}

// owner returns the last name before the selected one.
func owner(n *ast.SelectorExpr) string {
	switch x := n.X.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return x.Sel.Name
	}
	return ""
}
