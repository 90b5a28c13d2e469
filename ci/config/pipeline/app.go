package pipeline

import (
	"fmt"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// build reads build_args, and the lines of the keys that a fly.toml may state too.
func (a *App) build(t *tomlfile.Table) {
	for _, key := range []string{"dockerfile", "target"} {
		if t.Has(key) {
			a.lines[key] = t.LineOf(key)
		}
	}
	for _, key := range []string{"build_target", "build-target"} {
		if t.Has(key) {
			t.Refuse(key, "write target instead")
		}
	}
	args := t.Table("build_args")
	a.Args = make(map[string]string, len(args.Keys()))
	for _, name := range args.Keys() {
		a.Args[name], a.lines["build_args."+name] = tomlfile.Or(args.String(name), ""), args.LineOf(name)
	}
}

// Has reports whether [app] states a key of the build: "dockerfile", "target" or "build_args.NAME".
func (a App) Has(key string) bool { return a.lines[key] > 0 }

// Problem returns a problem with a key of the build.
func (a App) Problem(key, text string) tomlfile.Problem {
	return tomlfile.Problem{File: a.file, Line: a.lines[key], Key: "app." + key, Text: text}
}

// CheckSize returns an error for an image that is larger than max_size_mb.
func (a App) CheckSize(mb float64) error {
	if a.MaxSizeMB == 0 || mb <= float64(a.MaxSizeMB) {
		return nil
	}
	return fmt.Errorf("the image has %.1f MB compressed, max_size_mb in %s allows %d: nothing was deployed. Make the image smaller, or raise max_size_mb", mb, a.file, a.MaxSizeMB)
}
