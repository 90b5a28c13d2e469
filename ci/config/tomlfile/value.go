package tomlfile

import (
	"time"

	"github.com/pelletier/go-toml/v2"
)

// String returns a text; nil as described at Table.
func (t *Table) String(key string) *string { return valueOf[string](t, key, "text in quotes") }

// Bool returns a boolean; nil as described at Table.
func (t *Table) Bool(key string) *bool { return valueOf[bool](t, key, "true or false") }

// Int returns a whole number; nil as described at Table.
func (t *Table) Int(key string) *int {
	if v := valueOf[int64](t, key, "a whole number"); v != nil {
		n := int(*v)
		return &n
	}
	return nil
}

// Date returns the beginning, in UTC, of a day that is written without quotes, as in 2026-12-31; nil as described at
// Table.
func (t *Table) Date(key string) *time.Time {
	if v := valueOf[toml.LocalDate](t, key, "a date without quotes, as in 2026-12-31"); v != nil {
		day := v.AsTime(time.UTC)
		return &day
	}
	return nil
}

// Any returns a value of any type; nil when the key is absent.
func (t *Table) Any(key string) any {
	v, _ := t.ask(key)
	return v
}

// Strings returns a list of texts; nil as described at Table.
func (t *Table) Strings(key string) []string {
	list := valueOf[[]any](t, key, "a list of texts")
	if list == nil {
		return nil
	}
	texts := make([]string, 0, len(*list))
	for _, v := range *list {
		text, ok := v.(string)
		if !ok {
			t.Refuse(key, "must be a list of texts, but has %s in it", Kind(v))
			return nil
		}
		texts = append(texts, text)
	}
	return texts
}

// Table returns the table below a key; nil as described at Table.
func (t *Table) Table(key string) *Table {
	values := valueOf[map[string]any](t, key, "a table")
	if values == nil {
		return nil
	}
	return t.file.table(childPath(t.path, key), t.LineOf(key), *values)
}

// Tables returns a list of tables; nil as described at Table. A single table counts as a list of one.
func (t *Table) Tables(key string) (tables []*Table) {
	v, ok := t.ask(key)
	if !ok {
		return nil
	}
	if _, single := v.(map[string]any); single {
		return []*Table{t.Table(key)}
	}
	list, ok := v.([]any)
	if !ok {
		t.Refuse(key, "must be tables, written [[%s]], not %s", key, Kind(v))
		return nil
	}
	for i, v := range list {
		values, ok := v.(map[string]any)
		if !ok {
			t.Refuse(key, "must be a list of tables, but has %s in it", Kind(v))
			return nil
		}
		path := elementPath(childPath(t.path, key), i)
		tables = append(tables, t.file.table(path, t.file.line(path, t.LineOf(key)), values))
	}
	return tables
}

// Or returns *p, or the fallback when p is nil.
func Or[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

func valueOf[T any](t *Table, key, want string) *T {
	v, ok := t.ask(key)
	if !ok {
		return nil
	}
	value, ok := v.(T)
	if !ok {
		t.Refuse(key, "must be %s, not %s", want, Kind(v))
		return nil
	}
	return &value
}

// Kind returns the type of a value in words, for errors.
func Kind(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case bool:
		return "true or false"
	case int64:
		return "a whole number"
	case float64:
		return "a decimal number"
	case map[string]any:
		return "a table"
	case []any:
		return "a list"
	}
	return "a date or time"
}
