package ci_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

// longest is the number of lines that a function of .dagger may have.
const longest = 30

// engineOnly are the functions of .dagger that TestFunctionsOnlyCallTheEngine accepts as they are, at most eight: by
// receiver and name, with the reason.
var engineOnly = map[string]string{}

// The functions in .dagger call the engine, and ci decides: a decision there could be tested on an engine only. Of each
// function of each file that is not generated, the test accepts
//
//   - at most 30 lines, from the opening brace to the closing one: the arguments of a function carry the help text, and
//     the length of that is no measure of the code;
//   - no switch and no type switch;
//   - as a loop only a range loop over a channel's values, or over values that each iteration puts into a Dagger value
//     or a launch: its body calls a method of the engine (engineMethod), dag.… or .Go, has a literal dagger.…{}, or sends
//     to or receives from a channel. Such a loop has no branch but the one on an error, `if err != nil`, and neither
//     break, continue nor goto.
//
// Everything else belongs into ci, or into engineOnly with a reason.
func TestFunctionsOnlyCallTheEngine(t *testing.T) {
	require.LessOrEqual(t, len(engineOnly), 8)
	bad := map[string][]string{}
	for _, file := range functionFiles(t) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		maps.Copy(bad, decisions(t, file, string(text)))
	}
	for _, name := range slices.Sorted(maps.Keys(bad)) {
		if engineOnly[name] == "" {
			t.Errorf("%s decides: %s", name, strings.Join(bad[name], "; "))
		}
	}
	for name, reason := range engineOnly {
		require.NotEmpty(t, bad[name], "%s needs no exception any more", name)
		require.NotEmpty(t, reason, name)
	}
}

// functionFiles returns the files of .dagger that are not generated.
func functionFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../.dagger/*.go", "../.dagger/*/*.go"} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		files = append(files, found...)
	}
	files = slices.DeleteFunc(files, func(f string) bool {
		return path.Base(f) == "dagger.gen.go" || strings.Contains(f, "/internal/") || strings.HasSuffix(f, "_test.go")
	})
	require.Greater(t, len(files), 20)
	return files
}

// decisions returns what the test above refuses, by function.
func decisions(t *testing.T, file, text string) map[string][]string {
	t.Helper()
	set, found := token.NewFileSet(), map[string][]string{}
	f, err := parser.ParseFile(set, file, text, 0)
	require.NoError(t, err)
	for _, d := range f.Decls {
		name, list := "variables of "+f.Name.Name, branches(d)
		if fn, ok := d.(*ast.FuncDecl); ok {
			name = functionName(f.Name.Name, fn)
			if n := set.Position(fn.Body.Rbrace).Line - set.Position(fn.Body.Lbrace).Line + 1; n > longest {
				list = append(list, fmt.Sprintf("it has %d lines, more than %d", n, longest))
			}
		}
		if len(list) > 0 {
			found[name] = append(found[name], list...)
		}
	}
	return found
}

// functionName returns a function by package, receiver and name, as in release.Deployer.Plan or step.(*Step).Run. The
// main package has no name in it.
func functionName(pkg string, fn *ast.FuncDecl) string {
	name := fn.Name.Name
	if fn.Recv != nil {
		of := fn.Recv.List[0].Type
		pointer, is := of.(*ast.StarExpr)
		if is {
			of = pointer.X
		}
		if generic, ok := of.(*ast.IndexExpr); ok {
			of = generic.X
		}
		receiver := of.(*ast.Ident).Name
		if is {
			receiver = "(*" + receiver + ")"
		}
		name = receiver + "." + name
	}
	if pkg == "main" {
		return name
	}
	return pkg + "." + name
}

// branches returns the switches and the loops of a declaration that are refused.
func branches(in ast.Node) (list []string) {
	ast.Inspect(in, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SwitchStmt, *ast.TypeSwitchStmt:
			list = append(list, "it has a switch")
		case *ast.ForStmt:
			list = append(list, "it has a for without range")
		case *ast.RangeStmt:
			if why := refuseLoop(n); why != "" {
				list = append(list, why)
			}
		}
		return true
	})
	return list
}

// refuseLoop returns why a range loop is refused; empty when it is accepted.
func refuseLoop(loop *ast.RangeStmt) (why string) {
	calls := false
	if from, ok := loop.X.(*ast.UnaryExpr); ok && from.Op == token.ARROW {
		calls = true
	}
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			if !isErrorTest(n.Cond) || n.Else != nil {
				why = "a loop has a branch"
			}
		case *ast.BranchStmt:
			why = "a loop has a " + n.Tok.String()
		case *ast.SendStmt:
			calls = true
		case *ast.UnaryExpr:
			calls = calls || n.Op == token.ARROW
		case *ast.CallExpr:
			if of, ok := n.Fun.(*ast.SelectorExpr); ok {
				calls = calls || of.Sel.Name == "Go" || engineMethod(of.Sel.Name) || isName(of.X, "dag")
			}
		case *ast.CompositeLit:
			of, ok := n.Type.(*ast.SelectorExpr)
			calls = calls || ok && isName(of.X, "dagger")
		}
		return true
	})
	if why == "" && !calls {
		why = "a loop neither calls the engine nor launches anything"
	}
	return why
}

// engineMethod is whether a method of a Dagger value has this name: one that returns the value with something more, or
// without it, or one of those in the list.
func engineMethod(name string) bool {
	for _, prefix := range []string{"With", "Without"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok && rest != "" && unicode.IsUpper(rune(rest[0])) {
			return true
		}
	}
	return slices.Contains([]string{"Contents", "Digest", "Exists", "File", "Filter", "Glob", "ImageRef", "SetSecret", "Sync"}, name)
}

// isErrorTest is whether a condition is `err != nil`.
func isErrorTest(cond ast.Expr) bool {
	test, ok := cond.(*ast.BinaryExpr)
	return ok && test.Op == token.NEQ && isName(test.X, "err") && isName(test.Y, "nil")
}

// isName is whether an expression is an identifier of this name.
func isName(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func TestADecisionInAFunctionIsFound(t *testing.T) {
	for reason, c := range map[string]struct{ body, want string }{
		"an if is a guard":              {"if x == nil { return }", ""},
		"a switch":                      {"switch x { case 1: }", "it has a switch"},
		"a switch in a closure":         {"y := func() { switch { case x: } }", "it has a switch"},
		"a type switch":                 {"switch x.(type) { case int: }", "it has a switch"},
		"a select is of channels":       {"select { case <-x: }", ""},
		"a loop that counts":            {"for i := 0; i < 3; i++ { d = d.WithNewFile(i) }", "it has a for without range"},
		"a loop without an end":         {"for { d.Sync() }", "it has a for without range"},
		"a loop over Dagger values":     {"for _, n := range x { d = d.WithFile(n) }", ""},
		"one with its error":            {"for _, n := range x { l, err := d.Glob(n); if err != nil { return }; all = append(all, l...) }", ""},
		"one with an error of its own":  {"for _, n := range x { if l, err := d.Glob(n); err != nil { return } }", ""},
		"one with a choice":             {"for _, n := range x { if n != nil { d = d.WithFile(n) } }", "a loop has a branch"},
		"one with another way":          {"for _, n := range x { if err != nil { return } else { d = d.WithFile(n) } }", "a loop has a branch"},
		"one that leaves something out": {"for _, n := range x { d = d.WithFile(n); continue }", "a loop has a continue"},
		"one that ends early":           {"for _, n := range x { d = d.WithFile(n); break }", "a loop has a break"},
		"one that launches":             {"for i, n := range x { group.Go(func() error { return n.run(i) }) }", ""},
		"one that makes Dagger values":  {"for _, n := range x { all = append(all, dagger.BuildArg{Name: n}) }", ""},
		"one that makes secrets":        {"for _, n := range x { all = append(all, dag.SetSecret(n, n)) }", ""},
		"one that makes other values":   {"for _, n := range x { all = append(all, steps.Row{Name: n}) }", "a loop neither calls the engine nor launches anything"},
		"one that fills a list":         {"for _, n := range x { all = append(all, n.Name) }", "a loop neither calls the engine nor launches anything"},
		"one with a method that reads":  {"for _, n := range x { all += n.Within() + n.With() }", "a loop neither calls the engine nor launches anything"},
		"one that sends":                {"for _, n := range x { c <- n }", ""},
		"one that receives":             {"for range x { all = append(all, <-c) }", ""},
		"a choice in a launched one":    {"for _, n := range x { group.Go(func() { if n { return } }) }", "a loop has a branch"},
	} {
		got := decisions(t, "x.go", "package step\nfunc (s *Step) Run() {\n"+c.body+"\n}\n")
		if c.want == "" {
			require.Empty(t, got, reason)
		} else {
			require.Equal(t, map[string][]string{"step.(*Step).Run": {c.want}}, got, reason)
		}
	}
}

func TestTheLengthOfAFunctionIsThatOfItsBody(t *testing.T) {
	of := func(lines int) string {
		return "package main\nfunc (p *Pipeline) Plan(\n\t// The environment.\n\tenv string,\n) {\n" + strings.Repeat("x()\n", lines-2) + "}\n"
	}
	require.Empty(t, decisions(t, "x.go", of(longest)))
	require.Equal(t, map[string][]string{"(*Pipeline).Plan": {"it has 31 lines, more than 30"}}, decisions(t, "x.go", of(longest+1)))
}

func TestAFunctionIsNamedByReceiverAndName(t *testing.T) {
	for text, want := range map[string]string{
		"package main\nfunc New() { switch {} }":                     "New",
		"package main\nfunc (p *Pipeline) Ci() { switch {} }":        "(*Pipeline).Ci",
		"package release\nfunc (d Deployer) Plan() { switch {} }":    "release.Deployer.Plan",
		"package step\nfunc (m *Maker[S]) Row() { switch {} }":       "step.(*Maker).Row",
		"package scan\nvar f = func() { switch {} }":                 "variables of scan",
		"package scan\nfunc find() { func() { switch {} }() }":       "scan.find",
		"package scan\nfunc (s Scanners) Find() { for range x { } }": "scan.Scanners.Find",
	} {
		require.Equal(t, []string{want}, slices.Collect(maps.Keys(decisions(t, "x.go", text))), text)
	}
}
