package pipeline

import "github.com/renewa/pipeline/ci/config/tomlfile"

// A Table is a table of pipeline.toml that another package uses: its name, and the function that decodes it. Single and
// List make one.
type Table struct {
	Name   string
	Decode func(root *tomlfile.Table, in Config)
}

// Single returns the table [name]. When pipeline.toml has it, its decoded value is stored at into. The argument in of
// decode has the app, the environments and the secrets, as far as they have no problems.
func Single[T any](name string, into **T, decode func(t *tomlfile.Table, in Config) T) Table {
	return Table{Name: name, Decode: func(root *tomlfile.Table, in Config) {
		if t := root.Table(name); t != nil {
			value := decode(t, in)
			*into = &value
		}
	}}
}

// List returns the tables [[name]]. Their decoded values are stored at into.
func List[T any](name string, into *[]T, decode func(all []*tomlfile.Table, in Config) []T) Table {
	return Table{Name: name, Decode: func(root *tomlfile.Table, in Config) { *into = decode(root.Tables(name), in) }}
}

// RequireTrial refuses a table that needs [trial] when pipeline.toml has none.
func RequireTrial(t *tomlfile.Table, in Config, why string) {
	if !in.States("trial") {
		t.Refuse("", "[trial] is missing: add it; it has %s", why)
	}
}
