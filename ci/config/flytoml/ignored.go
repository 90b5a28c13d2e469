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
	r.words(root, "console_command") // `fly console` reads the key from the definition that Fly keeps with the release
	r.experimental(root.Table("experimental"))
}

// renamedTables returns the tables of a name and of its old names, which flyctl still reads. As unknown keys the old
// names would be ignored: a deploy would then detach a machine's volume.
func (r *reader) renamedTables(root *tomlfile.Table, name string, old ...string) []*tomlfile.Table {
	var tables []*tomlfile.Table
	for _, key := range old {
		if root.Has(key) {
			r.warn(root, key, "is an old name: write [[%s]] instead", name)
		}
		tables = append(tables, root.Tables(key)...)
	}
	return append(tables, root.Tables(name)...)
}

func (r *reader) experimental(t *tomlfile.Table) {
	if t.Has("machine_config") {
		t.Refuse("machine_config", "not supported, because it overrides the rest of this file: remove it")
	}
	for _, key := range slices.Sorted(maps.Keys(moved)) {
		if t.Has(key) {
			r.warn(t, key, "is an old place: write %s instead", moved[key])
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
