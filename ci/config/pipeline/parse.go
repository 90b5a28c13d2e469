package pipeline

import (
	"strings"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// Parse reads a pipeline.toml on its own, without the other files that it names. The error is a tomlfile.Problems with
// all problems at once.
func Parse(file string, data []byte, tables ...Table) (Config, error) {
	d, err := Read(file, data, tables...)
	if err != nil {
		return Config{}, err
	}
	return d.Config()
}

// Read returns pipeline.toml as a Draft. An unknown table or key is a problem of the draft, with the most similar known
// one as advice. The error is a tomlfile.Problems about text that is not TOML.
func Read(file string, data []byte, tables ...Table) (*Draft, error) {
	f, err := tomlfile.Read(file, data)
	if err != nil {
		return nil, err
	}
	root := f.Root()
	root.Rename("environment", "[[stage]]")
	root.Rename("e2e", "[end_to_end]")
	d := &Draft{config: Config{file: file}, at: map[string]*tomlfile.Table{}, counts: map[string]count{}, apps: map[string]string{}}
	d.config.tables = root.Names()
	d.config.Strict = tomlfile.Or(root.Bool("strict"), false)
	d.app(root)
	d.stages(root)
	d.preview(root)
	d.secrets(root)
	for _, table := range tables {
		table.Decode(root, d.config)
	}
	d.problems = append(f.Problems(), f.Unknown()...)
	return d, nil
}

func (d *Draft) app(root *tomlfile.Table) {
	t := root.Table("app")
	if t == nil {
		if !root.Has("app") {
			root.Refuse("", "[app] is missing: add it, with the name of the app")
		}
		return
	}
	d.config.App = App{
		Name:        RequiredText(t, "name", "the app's name in titles"),
		Context:     Folder(t, "context", "."),
		Dockerfile:  Folder(t, "dockerfile", "Dockerfile"),
		Target:      tomlfile.Or(t.String("target"), ""),
		VersionPath: tomlfile.Or(t.String("version_path"), ""),
		MaxSizeMB:   tomlfile.Or(t.Int("max_size_mb"), 0),

		file: d.config.file, lines: map[string]int{},
	}
	d.config.App.build(t)
	if v := d.config.App.VersionPath; v != "" && !strings.HasPrefix(v, "/") {
		t.Refuse("version_path", "must begin with /")
	}
	if d.config.App.MaxSizeMB < 0 {
		t.Refuse("max_size_mb", "must not be negative")
	}
}
