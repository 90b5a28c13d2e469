package flytoml

import (
	"maps"
	"slices"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// others refuses or warns of Fly's keys that this pipeline does not support. It never ignores one silently, because
// the author of the file expects an effect.
func (r *reader) others(root *tomlfile.Table) {
	for _, key := range []string{"machine_config", "container"} {
		if root.Has(key) {
			root.Refuse(key, "machines of several containers are not supported, because promote copies one image: remove this key")
		}
	}
	for _, old := range slices.Sorted(maps.Keys(renamed)) {
		if root.Has(old) {
			root.Refuse(old, "is deprecated: write %s instead", renamed[old])
		}
	}
	r.words(root, "console_command") // `fly console` reads the key from the definition that Fly keeps with the release
	r.build(root.Table("build"))
	r.experimental(root.Table("experimental"))
}

// renamed has old names that flyctl still reads, with their present ones. As unknown keys they would be ignored: a
// deploy would then detach a machine's volume.
var renamed = map[string]string{"mount": "[[mounts]]", "compute": "[[vm]]", "computes": "[[vm]]", "metric": "[[metrics]]"}

func (r *reader) build(t *tomlfile.Table) {
	for _, key := range t.Keys() {
		if key == "compose" {
			t.Refuse(key, "machines of several containers are not supported, because promote copies one image: remove this key")
			continue
		}
		r.warn(t, key, "not used: the image comes from this pipeline's own build, and is deployed by its digest")
	}
}

func (r *reader) experimental(t *tomlfile.Table) {
	if t.Has("machine_config") {
		t.Refuse("machine_config", "not supported, because it overrides the rest of this file: remove it")
	}
	for _, key := range slices.Sorted(maps.Keys(moved)) {
		if t.Has(key) {
			t.Refuse(key, "is deprecated here: write %s instead", moved[key])
		}
	}
	for _, key := range ignored {
		if t.Has(key) {
			r.warn(t, key, "a deploy does nothing with it, here as with Fly's own client")
		}
	}
}

// moved has the keys that flyctl still reads in [experimental], with their present place.
var moved = map[string]string{
	"kill_timeout": "kill_timeout at the top", "metrics_port": "port in [metrics]", "metrics_path": "path in [metrics]",
}

// ignored has experimental keys for flyctl's own build, launch and connection, and auto_rollback, which flyctl reads
// without effect.
var ignored = []string{"attached", "auto_rollback", "enable_consul", "enable_etcd", "lazy_load_images", "use_zstd"}
