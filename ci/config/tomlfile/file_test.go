package tomlfile_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

const sample = `# a comment
name = "renewa"
size = 3
dotted.key = true

[app]
folder = "x"

  [[service]] # the first
  port = 80

  [[service]]
  ports = [
    { number = 80 },
    { number = "443" },
  ]

    [service.check]
    path = "/"

["odd name"]
inline = { a = 1,
  b = 2 }
`

func read(t *testing.T, text string) *tomlfile.File {
	t.Helper()
	f, err := tomlfile.Read("x.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestEveryUnknownKeyIsNamedWithItsLine(t *testing.T) {
	f := read(t, sample)
	root := f.Root()
	root.String("nmae")
	root.Table("dotted")
	root.Table("app")
	for _, s := range root.Tables("service") {
		for _, p := range s.Tables("ports") {
			p.Int("nomber")
		}
		s.Table("check")
	}
	root.Table("odd name").Table("inline").Int("a")
	want := []string{
		`x.toml:2: name: unknown key, did you mean "nmae"?`,
		`x.toml:3: size: unknown key; known here: app, dotted, nmae, odd name, service`,
		`x.toml:4: dotted.key: unknown key`,
		`x.toml:7: app.folder: unknown key`,
		`x.toml:10: service[0].port: unknown key, did you mean "ports"?`,
		`x.toml:14: service[1].ports[0].number: unknown key, did you mean "nomber"?`,
		`x.toml:15: service[1].ports[1].number: unknown key, did you mean "nomber"?`,
		`x.toml:19: service[1].check.path: unknown key`,
		`x.toml:23: "odd name".inline.b: unknown key; known here: a`,
	}
	if got := strings.Split(f.Unknown().Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAnUnknownTableIsNamedWithItsRightName(t *testing.T) {
	f := read(t, "[scna]\n[[chekc]]\n[[environment]]\n[colours]\nsize = { a = 1 }\n")
	root := f.Root()
	root.Table("scan")
	root.Tables("check")
	root.Rename("environment", "[[stage]]")
	root.Table("colours").Rename("size", "sizes")
	want := []string{
		`x.toml:1: scna: unknown table, did you mean "scan"?`,
		`x.toml:2: chekc: unknown table, did you mean "check"?`,
		`x.toml:3: environment: unknown table: rename it to [[stage]]`,
		`x.toml:5: colours.size: unknown table: rename it to sizes`,
	}
	if got := strings.Split(f.Unknown().Error(), "\n"); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if !root.Contains("environment") || root.Contains("stage") {
		t.Error("Contains does not report what the file has")
	}
}

func TestAKeyOfAnotherTypeIsAProblemAndNil(t *testing.T) {
	for reason, c := range map[string]struct {
		text string
		ask  func(*tomlfile.Table) bool // reports whether the table returned a value
		want string
	}{
		"a number for text":       {`k = 1`, func(t *tomlfile.Table) bool { return t.String("k") != nil }, "must be text in quotes, not a whole number"},
		"text for a number":       {`k = "1"`, func(t *tomlfile.Table) bool { return t.Int("k") != nil }, "must be a whole number, not text"},
		"a decimal for a whole":   {`k = 1.5`, func(t *tomlfile.Table) bool { return t.Int("k") != nil }, "must be a whole number, not a decimal number"},
		"text for a truth":        {`k = "true"`, func(t *tomlfile.Table) bool { return t.Bool("k") != nil }, "must be true or false, not text"},
		"text for a list":         {`k = "a"`, func(t *tomlfile.Table) bool { return t.Strings("k") != nil }, "must be a list of texts, not text"},
		"numbers in a list":       {`k = ["a", 1]`, func(t *tomlfile.Table) bool { return t.Strings("k") != nil }, "but has a whole number in it"},
		"a list for a table":      {`k = []`, func(t *tomlfile.Table) bool { return t.Table("k") != nil }, "must be a table, not a list"},
		"text for tables":         {`k = "a"`, func(t *tomlfile.Table) bool { return t.Tables("k") != nil }, "must be tables, written [[k]], not text"},
		"texts in a list of them": {`k = ["a"]`, func(t *tomlfile.Table) bool { return t.Tables("k") != nil }, "must be a list of tables, but has text in it"},
		"text for a date":         {`k = "2026-01-02"`, func(t *tomlfile.Table) bool { return t.Date("k") != nil }, "must be a date without quotes, as in 2026-12-31, not text"},
		"a time for a date":       {`k = 2026-01-02T00:00:00Z`, func(t *tomlfile.Table) bool { return t.Date("k") != nil }, "not a date or time"},
		"a date for text":         {`k = 2026-01-02`, func(t *tomlfile.Table) bool { return t.String("k") != nil }, "not a date or time"},
	} {
		f := read(t, "\n"+c.text)
		if c.ask(f.Root()) {
			t.Errorf("%s: it got something", reason)
		}
		if got := f.Problems().Error(); !strings.HasPrefix(got, "x.toml:2: k: ") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q", reason, got)
		}
	}
}

func TestADateIsTheBeginningOfItsDay(t *testing.T) {
	if got := read(t, "k = 2026-12-31").Root().Date("k"); got == nil || got.Format(time.RFC3339) != "2026-12-31T00:00:00Z" {
		t.Errorf("got %v", got)
	}
}

func TestAnAbsentTableHasNoKeys(t *testing.T) {
	f := read(t, "")
	absent := f.Root().Table("app").Table("deeper")
	if absent.String("a") != nil || absent.Has("a") || absent.Keys() != nil || absent.Tables("a") != nil || absent.Line() != 1 {
		t.Error("it has")
	}
	if len(f.Problems())+len(f.Unknown()) > 0 {
		t.Error("absence is a problem")
	}
}

func TestOneTableIsAListOfOne(t *testing.T) {
	f := read(t, "[vm]\nsize = \"x\"")
	if tables := f.Root().Tables("vm"); len(tables) != 1 || *tables[0].String("size") != "x" {
		t.Errorf("got %v", tables)
	}
}

func TestTwoReadersOfATableShareItsKnownKeys(t *testing.T) {
	f := read(t, "[app]\na = 1\nb = 2")
	f.Root().Table("app").Int("a")
	f.Root().Table("app").Int("b")
	if got := f.Unknown(); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

func TestTextThatIsNotTOMLIsRefusedAtItsLine(t *testing.T) {
	for reason, c := range map[string]struct{ text, want string }{
		"an open string":          {"a = 1\nb = \"", "x.toml:2: a closing quote is missing: end the text on this line with the quote that it begins with"},
		"an open quote":           {"a = 1\nb = \"x\nc = 2", "x.toml:2: a closing quote is missing"},
		"an open apostrophe":      {"a = 1\nb = 'x\nc = 2", "x.toml:2: a closing quote is missing"},
		"an open quote in a list": {"a = [\n  \"x,\n]\n", "x.toml:2: a closing quote is missing"},
		"three open quotes":       {"a = 1\nb = \"\"\"x\n\nc = 2\n", `x.toml:2: the closing """ of this text is missing: add it`},
		"three open apostrophes":  {"a = 1\nb = '''x\n\nc = 2\n", "x.toml:2: the closing ''' of this text is missing: add it"},
		"no quotes":               {"a = 1\nb = shop\n", `x.toml:2: the value is missing or is no TOML: write text in quotes, as in name = "shop"`},
		"a key twice":             {"a = 1\nb = 2\na = 3", "x.toml:3: a: this key is on line 1 already: remove one of the two"},
		"a key twice in a table":  {"[[a]]\nb = 1\n[[a]]\nb = 2\nc = 3\nb = 4\n", "x.toml:6: a[1].b: this key is on line 4 already"},
		"a table twice":           {"[a]\n[b]\n[a]", "x.toml:3: a: this table begins on line 1 already: move all its keys there"},
		"a table in two tables":   {"[[a]]\n[a.b]\n[[a]]\n[a.b]\n[a.b]\n", "x.toml:5: a[1].b: this table begins on line 4 already"},
		"a table of a list":       {"[[a]]\n[a]", "x.toml:2: a: this name is on line 1 already, for another kind of value: rename one of the two"},
		"a table of a value":      {"a = 1\n[a]", "x.toml:2: a: this name is on line 1 already"},
		"no value":                {"\n\na =", "x.toml:3: "},
		"not TOML at all":         {"{\"a\": 1}", "x.toml:1: "},
		"not text":                {"a = 1\nb = \"\xff\"", "x.toml:2: "},
		"a list as a list":        {"a = [1]\n[[a]]", "x.toml:2: "},
	} {
		_, err := tomlfile.Read("x.toml", []byte(c.text))
		var problems tomlfile.Problems
		if !errors.As(err, &problems) || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v", reason, err)
		}
	}
}

// FuzzRead requires that reading ends, and that the line of every problem is in the file.
func FuzzRead(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("[[a.b]]\n[a.b.c]\nd.e = [[1], [{f = 2}]]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := tomlfile.Read("x.toml", text)
		if err != nil {
			return
		}
		visit(file.Root())
		file.Root().Refuse("nothing", "here")
		for _, p := range append(file.Problems(), file.Unknown()...) {
			if p.Line < 1 || p.Line > 1+strings.Count(string(text), "\n") {
				t.Fatalf("%s is not in the file", p)
			}
		}
	})
}

func visit(t *tomlfile.Table) {
	for _, key := range t.Keys() {
		switch v := t.Any(key).(type) {
		case map[string]any:
			t.Table(key).String("unasked")
			visit(t.Table(key))
		case []any:
			if len(v) > 0 {
				for _, inner := range t.Tables(key) {
					visit(inner)
				}
			}
		}
	}
}
