package pipeline

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// RequiredText reads a text that must be present and not empty. what describes the text in errors.
func RequiredText(t *tomlfile.Table, key, what string) string {
	v := t.String(key)
	if v == nil && !t.Has(key) {
		t.Refuse("", "%s is missing: %s", key, what)
	}
	if v != nil && *v == "" {
		t.Refuse(key, "must not be empty: %s", what)
	}
	return tomlfile.Or(v, "")
}

// Folder reads a path below the folder of pipeline.toml, because the pipeline gets no other files.
func Folder(t *tomlfile.Table, key, fallback string) string {
	v := path.Clean(tomlfile.Or(t.String(key), fallback))
	if path.IsAbs(v) || slices.Contains(strings.Split(v, "/"), "..") {
		t.Refuse(key, "%q must be a path below the folder of pipeline.toml", v)
	}
	return v
}

// Folders reads a list of paths or patterns, and refuses those that are not below the app's context.
func Folders(t *tomlfile.Table, key string) []string {
	list := t.Strings(key)
	for _, v := range list {
		if v == "" || path.IsAbs(v) || slices.Contains(strings.Split(v, "/"), "..") {
			t.Refuse(key, "%q must be a path below the app's context", v)
		}
	}
	return list
}

// Texts reads a table of texts with any keys.
func Texts(t *tomlfile.Table) map[string]string {
	list := map[string]string{}
	for _, key := range t.Keys() {
		if v := t.String(key); v != nil {
			list[key] = *v
		}
	}
	return list
}

// Port reads the TCP port of an app; the default is 8080.
func Port(t *tomlfile.Table) int {
	port := tomlfile.Or(t.Int("port"), 8080)
	if port < 1 || port > 65535 {
		t.Refuse("port", "must be from 1 to 65535")
	}
	return port
}

// defaultTimeout is the timeout of a step that states none.
const defaultTimeout = 10 * time.Minute

// Timeout reads the timeout of a step.
func Timeout(t *tomlfile.Table) time.Duration { return Duration(t, "timeout", defaultTimeout) }

// Duration reads a duration of a second or more.
func Duration(t *tomlfile.Table, key string, fallback time.Duration) time.Duration {
	text := t.String(key)
	if text == nil {
		return fallback
	}
	d, err := time.ParseDuration(*text)
	if err != nil || d < time.Second {
		t.Refuse(key, "%q is not a time of a second or more: write a number with s, m or h, as in \"5m\"", *text)
	}
	return d
}
