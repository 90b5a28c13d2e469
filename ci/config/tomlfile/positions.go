package tomlfile

import (
	"fmt"

	"github.com/pelletier/go-toml/v2/unstable"
)

// positions returns the line of every key, table and element in data, by path. Only positions uses the parser's
// unstable package, whose API may change; all values come from the stable one. data must be valid TOML.
func positions(data []byte) map[string]int { return walk(data).lines }

func walk(data []byte) *walker {
	w := &walker{lines: map[string]int{}, lists: map[string]int{}, repeated: map[int]string{}}
	w.parser.Reset(data)
	for w.parser.NextExpression() {
		w.expression(w.parser.Expression())
	}
	return w
}

type walker struct {
	parser   unstable.Parser
	lines    map[string]int
	lists    map[string]int // number of [[tables]] so far, by path
	table    string         // path of the present [table]
	repeated map[int]string // by line: the last path on it that an earlier line has
}

func (w *walker) expression(n *unstable.Node) {
	switch n.Kind {
	case unstable.Table:
		w.table = w.key("", n.Key())
	case unstable.ArrayTable:
		path := w.key("", n.Key())
		w.table = elementPath(path, w.lists[path])
		w.lists[path]++
		w.lines[w.table] = w.line(n.Child())
	case unstable.KeyValue:
		w.keyValue(w.table, n)
	}
}

// key records the line of every part of a dotted key. A part that names a list of tables stands for the last of them.
func (w *walker) key(path string, parts unstable.Iterator) string {
	for parts.Next() {
		if n := w.lists[path]; n > 0 {
			path = elementPath(path, n-1)
		}
		path = childPath(path, string(parts.Node().Data))
		w.note(path, parts.Node())
	}
	return path
}

func (w *walker) keyValue(table string, n *unstable.Node) {
	w.value(w.key(table, n.Key()), n.Value())
}

func (w *walker) value(path string, n *unstable.Node) {
	children := n.Children()
	switch n.Kind {
	case unstable.InlineTable:
		for children.Next() {
			w.keyValue(path, children.Node())
		}
	case unstable.Array:
		for i := 0; children.Next(); i++ {
			item := fmt.Sprintf("%s[%d]", path, i)
			w.note(item, children.Node())
			w.value(item, children.Node())
		}
	}
}

// note records the line of a path, unless the path has one: a person looks for the first line.
func (w *walker) note(path string, n *unstable.Node) {
	if n.Raw.Length == 0 {
		return
	}
	if _, ok := w.lines[path]; ok {
		w.repeated[w.line(n)] = path
		return
	}
	w.lines[path] = w.line(n)
}

func (w *walker) line(n *unstable.Node) int { return w.parser.Shape(n.Raw).Start.Line }
