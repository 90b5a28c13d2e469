package flylocal_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// flySchema is Fly's GraphQL schema, from the module of its client.
var flySchema = sync.OnceValues(func() (*ast.Schema, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/superfly/fly-go").Output()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "schema.graphql"))
	if err != nil {
		return nil, err
	}
	return validator.LoadSchema(validator.Prelude, &ast.Source{Name: "schema.graphql", Input: string(text)})
})

// againstSchema compares every GraphQL answer from now on with Fly's schema.
func (w *world) againstSchema() {
	w.Helper()
	schema, err := flySchema()
	require.NoError(w, err)
	direct := w.server.Config.Handler
	first := w.server
	w.serve(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		asked, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(asked))
		answered := httptest.NewRecorder()
		direct.ServeHTTP(answered, r)
		if r.URL.Path == "/graphql" {
			w.fits(schema, asked, answered.Body.Bytes())
		}
		for k, v := range answered.Header() {
			out.Header()[k] = v
		}
		out.WriteHeader(answered.Code)
		_, _ = out.Write(answered.Body.Bytes())
	}))
	w.Cleanup(first.Close)
}

func (w *world) fits(schema *ast.Schema, asked, answered []byte) {
	var q struct{ Query string }
	var answer struct {
		Data   map[string]any
		Errors []any
	}
	if json.Unmarshal(asked, &q) != nil || json.Unmarshal(answered, &answer) != nil {
		w.Errorf("no GraphQL: %s %s", asked, answered)
		return
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: q.Query})
	if err != nil {
		w.Error(err)
		return
	}
	if problems := validator.ValidateWithRules(schema, doc, rules.NewDefaultRules()); len(problems) > 0 {
		w.Logf("the client uses fields that the schema lacks: %v", problems)
	}
	if len(answer.Errors) == 0 {
		w.typed(doc.Operations[0].SelectionSet, answer.Data)
	}
}

// typed follows the selection: what can never be null is not, a list is a list.
func (w *world) typed(set ast.SelectionSet, got map[string]any) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.InlineFragment:
			w.typed(s.SelectionSet, got)
		case *ast.FragmentSpread:
			w.typed(s.Definition.SelectionSet, got)
		case *ast.Field:
			if s.Definition != nil {
				w.value(s, s.Definition.Type, got[s.Alias])
			}
		}
	}
}

func (w *world) value(f *ast.Field, kind *ast.Type, got any) {
	list, isList := got.([]any)
	switch one, isObject := got.(map[string]any); {
	case got == nil && kind.NonNull:
		w.Errorf("%s.%s is null, and Fly's never is", f.ObjectDefinition.Name, f.Name)
	case got != nil && isList != (kind.Elem != nil) && kind.Name() != "JSON":
		w.Errorf("%s.%s is %v, and Fly's is %s", f.ObjectDefinition.Name, f.Name, got, kind)
	case isList:
		for _, item := range list {
			w.value(f, kind.Elem, item)
		}
	case isObject:
		w.typed(f.SelectionSet, one)
	}
}
