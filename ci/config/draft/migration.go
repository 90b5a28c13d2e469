package draft

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// folders has usual names of folders with migrations.
var folders = []string{"migrations", "migration", "migrate"}

// migrationFolder returns the folder with the most migrations below the context, and whether Atlas keeps its checksums.
func (r repository) migrationFolder(b build) (dir string, atlas bool) {
	count := map[string]int{}
	for _, name := range r.sorted() {
		if path.Base(name) == "atlas.sum" {
			if dir, ok := below(b.context, path.Dir(name)); ok {
				return dir, true
			}
		}
		folder := path.Dir(name)
		if !strings.HasSuffix(name, ".sql") {
			continue
		}
		if !slices.Contains(folders, path.Base(folder)) { // Prisma has a folder for each migration
			folder = path.Dir(folder)
		}
		if dir, ok := below(b.context, folder); ok && slices.Contains(folders, path.Base(folder)) {
			count[dir]++
		}
	}
	for _, found := range slices.Sorted(maps.Keys(count)) {
		if dir == "" || count[found] > count[dir] {
			dir = found
		}
	}
	return dir, false
}

// migrations writes [trial] and [migrations] where Atlas keeps the checksums of the migrations. The step needs them, and
// a stage with the migrator: where one is missing, the tables are comments.
func (r repository) migrations(t *text, all environments, b build) {
	dir, atlas := r.migrationFolder(b)
	if dir == "" {
		return
	}
	off, why := "", "the folder of atlas.sum"
	switch first := all.list[0]; {
	case !atlas:
		off, why = "# ", "a folder of migrations. The step reads migrations with an atlas.sum: write one (atlas migrate hash), then remove the # of these lines"
	case first.fly.Deploy.ReleaseCommand == "":
		off, why = "# ", "the folder of atlas.sum. The step runs the release_command, which "+first.file+" lacks: add it, then remove the # of these lines"
	case b.lastStage() == "":
		off, why = "# ", "the folder of atlas.sum. The step builds a stage of the Dockerfile by name: name one (FROM … AS app), then remove the # of these lines"
	}
	row := func(format string, args ...any) { t.line(off+format, args...) }
	t.line("")
	t.guess("the variable with the address of the database, and the version of Postgres")
	row("[trial]")
	row("port = %d", all.list[0].port())
	row("database_url = %q", "DATABASE_URL")
	row("postgres = %q", "postgres:17")
	t.line("")
	row("[migrations]")
	t.guess("%s", why)
	row("dir = %s", literal(dir))
	t.guess("the last stage of the Dockerfile; the smallest stage that has the migrator and the migrations is best")
	row("target = %s", literal(b.lastStage()))
}
