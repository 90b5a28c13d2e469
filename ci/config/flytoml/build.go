package flytoml

import (
	"path"
	"strings"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// A Build is what [build] states about the image. Paths are in the repository, not below the folder of the fly.toml.
type Build struct {
	Dockerfile string
	Ignorefile string
	Target     string
	Args       map[string]string
	Elsewhere  []tomlfile.Problem // keys with which flyctl builds no Dockerfile; the pipeline refuses to build for each

	file  string
	lines map[string]int
}

// Has reports whether [build] states a key, such as "dockerfile" or "args.NAME".
func (b Build) Has(key string) bool { return b.lines[key] > 0 }

// Problem returns a problem with a key of [build].
func (b Build) Problem(key, text string) tomlfile.Problem {
	return tomlfile.Problem{File: b.file, Line: b.lines[key], Key: "build." + key, Text: text}
}

func (r *reader) build(t *tomlfile.Table) Build {
	b := Build{file: r.file, lines: map[string]int{}, Args: map[string]string{}}
	for _, key := range t.Keys() {
		b.lines[key] = t.LineOf(key)
		switch key {
		case "dockerfile", "ignorefile", "args":
		case "build-target", "build_target": // flyctl reads both
			b.Target, b.lines["build-target"] = tomlfile.Or(t.String(key), ""), t.LineOf(key)
		case "image", "builder":
			b.Elsewhere = append(b.Elsewhere, t.Problem(key, "%s", elsewhere[key]))
			r.warn(t, key, "%s", elsewhere[key])
		case "compose":
			t.Refuse(key, "machines of several containers are not supported, because promote copies one image: remove this key")
		default:
			r.warn(t, key, "not used: this pipeline builds only a Dockerfile, and deploys the image by its digest")
		}
	}
	b.Dockerfile, b.Ignorefile = r.beside(t, "dockerfile"), r.beside(t, "ignorefile")
	args := t.Table("args")
	for _, name := range args.Keys() {
		b.Args[name], b.lines["args."+name] = tomlfile.Or(args.String(name), ""), args.LineOf(name)
	}
	return b
}

// elsewhere has the keys for which flyctl builds no Dockerfile, and what to do here.
var elsewhere = map[string]string{
	"image":   "this image is built elsewhere, and a tag can move to another image: give deploy the image by digest with --image REF@sha256:…, or remove this key to build a Dockerfile",
	"builder": "this pipeline builds only a Dockerfile, not with buildpacks: remove this key and add a Dockerfile, or build elsewhere and give deploy the image with --image REF@sha256:…",
}

// beside reads a path that is relative to the folder of the fly.toml, as flyctl reads it.
func (r *reader) beside(t *tomlfile.Table, key string) string {
	text := tomlfile.Or(t.String(key), "")
	if text == "" || strings.Contains(text, "://") || path.IsAbs(text) {
		return text
	}
	return path.Join(path.Dir(r.file), text)
}

// Unused returns a warning for each key in which b differs from the first environment's [build], from which alone the
// image is built.
func (b Build) Unused(first Build, environment string) []Warning {
	var warnings []Warning
	for key, value := range b.values() {
		if first.values()[key] != value {
			warnings = append(warnings, b.Problem(key, "not used: the image is built once, as the fly.toml of environment "+environment+" states"))
		}
	}
	return tomlfile.Problems(warnings).Sorted()
}

// values returns the keys that a build uses with their values.
func (b Build) values() map[string]string {
	all := map[string]string{}
	for key, value := range map[string]string{"dockerfile": b.Dockerfile, "ignorefile": b.Ignorefile, "build-target": b.Target} {
		if value != "" {
			all[key] = value
		}
	}
	for name, value := range b.Args {
		all["args."+name] = value
	}
	return all
}
