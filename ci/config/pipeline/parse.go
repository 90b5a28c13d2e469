package pipeline

import (
	"path"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// Parse reads pipeline.toml. An unknown key is an error, with the most similar known key as advice. The error is a
// tomlfile.Problems with all problems at once.
func Parse(file string, data []byte) (Config, error) {
	f, err := tomlfile.Read(file, data)
	if err != nil {
		return Config{}, err
	}
	root := f.Root()
	p := parser{config: Config{file: file, lines: map[string]int{}, counts: map[string]count{}}}
	p.config.Strict = tomlfile.Or(root.Bool("strict"), false)
	p.app(root)
	p.dev(root)
	p.stages(root)
	p.preview(root)
	p.secrets(root)
	p.checks(root)
	p.trial(root)
	p.endToEnd(root)
	p.compatibility(root)
	p.scan(root)
	p.migrations(root)
	if err := append(f.Problems(), f.Unknown()...).Sorted().OrNil(); err != nil {
		return Config{}, err
	}
	return p.config, nil
}

type parser struct {
	config Config
}

func (p *parser) app(root *tomlfile.Table) {
	t := root.Table("app")
	if t == nil {
		if !root.Has("app") {
			root.Refuse("", "[app] is missing: add it, with the name of the app")
		}
		return
	}
	p.config.App = App{
		Name:        requiredText(t, "name", "the app's name in titles"),
		Context:     folder(t, "context", "."),
		Dockerfile:  folder(t, "dockerfile", "Dockerfile"),
		Target:      tomlfile.Or(t.String("target"), ""),
		VersionPath: tomlfile.Or(t.String("version_path"), ""),
		MaxSizeMB:   tomlfile.Or(t.Int("max_size_mb"), 0),
	}
	if v := p.config.App.VersionPath; v != "" && !strings.HasPrefix(v, "/") {
		t.Refuse("version_path", "must begin with /")
	}
	if p.config.App.MaxSizeMB < 0 {
		t.Refuse("max_size_mb", "must not be negative")
	}
}

// requiredText reads a text that must be present and not empty. what describes the text in errors.
func requiredText(t *tomlfile.Table, key, what string) string {
	v := t.String(key)
	if v == nil && !t.Has(key) {
		t.Refuse("", "%s is missing: %s", key, what)
	}
	if v != nil && *v == "" {
		t.Refuse(key, "must not be empty: %s", what)
	}
	return tomlfile.Or(v, "")
}

// folder reads a path below the folder of pipeline.toml, because the pipeline gets no other files.
func folder(t *tomlfile.Table, key, fallback string) string {
	v := path.Clean(tomlfile.Or(t.String(key), fallback))
	if path.IsAbs(v) || slices.Contains(strings.Split(v, "/"), "..") {
		t.Refuse(key, "%q must be a path below the folder of pipeline.toml", v)
	}
	return v
}
