//go:build acceptance

package acceptance

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestADroppedColumnThatThePreviousImageStillReadsClosesTheGate(t *testing.T) {
	w := deployed(t)
	got := w.call("compatibility").ok(t)
	require.Regexp(t, `previous image  registry.fly.io/renewa-app-production@sha256:\S+, environment production, 4 migrations`, got.stdout)
	require.Contains(t, got.stdout, "rollback: safe")
	got = w.call("compatibility", "--previous", "none").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Contains(t, got.stderr, "--previous none is wrong: environment production runs registry.fly.io/renewa-app-production@"+w.runs(t, "renewa-app-production")+", which has a suite")

	c, out := another(t), t.TempDir()
	c.migrate(t, "20990101000000_drop_note.sql", "-- Planted.\nALTER TABLE contracts DROP COLUMN note_sealed;\n")
	got = w.of(c, "compatibility").run(t)
	require.Equal(t, 1, got.code, got.all)
	for _, line := range []string{
		"a rollback is not safe: the previous image does not work on the new schema",
		"  adds          20990101000000_drop_note.sql",
		"| GET /api/contracts: column c.note_sealed does not exist",
		`| not ready: {"status":"not ready","reason":"the database is at migration`,
		"note: the new image is not ready until its migrations ran; a deploy runs them first",
		"dagger call compatibility --previous registry.fly.io/renewa-app-production@sha256:",
	} {
		require.Contains(t, got.stderr, line)
	}

	w.of(c, "step", "results", "--name", "compatibility", "-o", out).ok(t)
	text, err := os.ReadFile(filepath.Join(out, "compatibility.json"))
	require.NoError(t, err)
	var report struct {
		Safe     *bool `json:"rollback_safe"`
		Previous struct{ Image, Suite string }
		Old      struct{ Result string } `json:"previous_on_new_schema"`
		New      struct{ Result string } `json:"new_on_previous_schema"`
	}
	require.NoError(t, json.Unmarshal(text, &report))
	require.False(t, *report.Safe)
	require.Equal(t, w.runs(t, "renewa-app-production"), report.Previous.Image[strings.Index(report.Previous.Image, "@")+1:])
	require.Equal(t, []string{"bun /app/smoke.js", "failed", "not ready"}, []string{report.Previous.Suite, report.Old.Result, report.New.Result})
	require.FileExists(t, filepath.Join(out, "trials/previous-on-new-schema/app.log"))
}

func TestAPreviousImageThatIsNotKnownIsNotCheckedExceptOnAFirstRelease(t *testing.T) {
	c := checked(t)
	got := c.call("ci", "--only", "compatibility").run(t)
	require.Equal(t, 1, got.code, got.all)
	require.Regexp(t, `(?m)^compatibility +NOT CHECKED `, got.stderr)
	require.Contains(t, got.stderr, "compatibility not checked: no Fly\n  --token is not given, so Fly was not asked which image environment production runs. Give --token")
	require.Contains(t, got.stderr, `unless pipeline.toml allows this: without_fly = "pass" in [compatibility]`)
	require.Contains(t, c.call("compatibility").ok(t).stdout, "compatibility not checked: no Fly")
	allowed := checked(t)
	allowed.edit(t, "pipeline.toml", "[compatibility]\n", "[compatibility]\nwithout_fly = \"pass\"\n")
	got = allowed.call("ci", "--only", "compatibility,image").ok(t)
	require.Regexp(t, `(?m)^compatibility +NOT CHECKED `, got.stdout)
	require.Contains(t, got.stdout, "1 of 2 steps passed; NOT CHECKED: compatibility")
	require.Contains(t, c.call("ci", "--only", "compatibility", "--previous", "none").ok(t).stdout, "the one step passed")

	w, never := deployed(t), another(t)
	never.edit(t, "fly.production.toml", `app = "renewa-app-production"`, `app = "renewa-app-of-nobody"`)
	require.Contains(t, w.of(never, "compatibility").ok(t).stdout, "compatibility skipped: first release\n  note: a first release (by environment production)")
}

// migrate adds a migration; the migrator of the image lists it in atlas.sum.
func (c checkout) migrate(t testing.TB, name, sql string) {
	t.Helper()
	c.write(t, "renewa-one/migrations/"+name, sql)
	user := fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid())
	output, status := runOnce(t, "--user", user, "-v", c.path("renewa-one/migrations")+":/app/migrations", builtImage(t), "/app/migrate", "hash")
	require.Zero(t, status, output)
}
