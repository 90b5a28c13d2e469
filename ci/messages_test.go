package ci_test

import (
	"go/ast"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
)

// The golden file has every help text, error and hint, for a reviewer to read in one place.
func TestMessagesAreListed(t *testing.T) {
	all := strings.Join(helpTexts(t), "\n")
	for _, root := range []string{".dagger", "ci"} {
		found := packages(t, root)
		for _, dir := range slices.Sorted(maps.Keys(found)) {
			if texts := errorTexts(found[dir]); len(texts) > 0 {
				all += "\n\n== errors of " + dir + "\n" + strings.Join(texts, "\n")
			}
		}
	}
	golden.Equal(t, "messages.golden", regexp.MustCompile(`(?m)[ \t]+$`).ReplaceAllString(all, "")+"\n")
}

var directive = regexp.MustCompile(`(?m)^\+.*\n?`)

// helpTexts returns the texts that `dagger call --help` prints for each function and argument.
func helpTexts(t *testing.T) (texts []string) {
	files, err := filepath.Glob("../.dagger/*.go")
	require.NoError(t, err)
	for _, file := range slices.DeleteFunc(files, func(f string) bool { return filepath.Base(f) == "dagger.gen.go" }) {
		set := token.NewFileSet()
		f := parseFile(t, set, file)
		above := map[int]string{} // the comment that ends on a line
		for _, c := range f.Comments {
			above[set.Position(c.End()).Line] = strings.TrimSpace(directive.ReplaceAllString(c.Text(), ""))
		}
		for _, fn := range functionsIn(f) {
			if !fn.Name.IsExported() || fn.Recv == nil && fn.Name.Name != "New" {
				continue
			}
			texts = append(texts, "== "+fn.Name.Name+"\n"+strings.TrimSpace(directive.ReplaceAllString(fn.Doc.Text(), "")))
			for _, argument := range fn.Type.Params.List {
				if name := argument.Names[0].Name; name != "ctx" {
					texts = append(texts, indented("  --"+name+": "+above[set.Position(argument.Pos()).Line-1]))
				}
			}
		}
	}
	return texts
}

func indented(text string) string { return strings.ReplaceAll(text, "\n", "\n    ") }

// message is the position of the text among the arguments of a function that makes an error.
var message = map[string]int{"New": 0, "Errorf": 0, "Refuse": 1}

var verb = regexp.MustCompile(`%[#+]?(\[\d\])?\.?\d*\w`)

// errorTexts returns a package's errors and hints, sorted. An error that only wraps another has no text.
func errorTexts(files []*ast.File) []string {
	var texts []ast.Expr
	constants, found := map[string]ast.Expr{}, map[string]bool{}
	inMethod := func(n ast.Node) bool {
		e, _ := n.(ast.Expr)
		_, sum := n.(*ast.BinaryExpr)
		if _, literal := n.(*ast.BasicLit); sum || literal {
			texts = append(texts, e)
		}
		return !sum
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i := range n.Values {
					constants[n.Names[i].Name] = n.Values[i]
				}
			case *ast.FuncDecl:
				if n.Recv != nil && (n.Name.Name == "Error" || n.Name.Name == "Hint") {
					ast.Inspect(n.Body, inMethod)
				}
			case *ast.CallExpr:
				if of, ok := n.Fun.(*ast.SelectorExpr); ok {
					if i, known := message[of.Sel.Name]; known && i < len(n.Args) {
						texts = append(texts, n.Args[i])
					}
				}
			}
			return true
		})
	}
	for _, e := range texts {
		text := textOf(e, constants)
		if words := verb.ReplaceAllString(text, ""); strings.ContainsFunc(words, unicode.IsLetter) && strings.Contains(words, " ") {
			found["- "+indented(text)] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// textOf returns the text of a literal, a constant or a sum, with … for a part that is known only at run time.
func textOf(e ast.Expr, constants map[string]ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	case *ast.Ident:
		if value, known := constants[e.Name]; known {
			return textOf(value, nil)
		}
	case *ast.BinaryExpr:
		return strings.ReplaceAll(textOf(e.X, constants)+textOf(e.Y, constants), "……", "…")
	}
	return "…"
}
