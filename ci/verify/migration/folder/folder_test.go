package folder_test

import (
	"os"
	"path/filepath"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
)

const first, second = "1_a.sql", "2_b.sql"

func twoFiles() map[string]string {
	return map[string]string{first: "CREATE TABLE a (n int);\n", second: "-- atlas:txmode none\n\nSELECT 1;\nSELECT 2;\n"}
}

// write writes files and their atlas.sum, and returns their folder.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	local, err := migrate.NewLocalDir(dir)
	require.NoError(t, err)
	sum, err := local.Checksum()
	require.NoError(t, err)
	require.NoError(t, migrate.WriteSumFile(local, sum))
	return dir
}

func open(t *testing.T, dir string) *folder.Folder {
	t.Helper()
	f, err := folder.Open(dir, "db")
	require.NoError(t, err)
	return f
}

// rules returns findings as FILE RULE.
func rules(found []migration.Finding) []string {
	var list []string
	for _, f := range found {
		list = append(list, f.File+" "+f.Rules[0])
	}
	return list
}

func TestAFolderHasItsFilesByVersion(t *testing.T) {
	f := open(t, write(t, twoFiles()))
	require.Equal(t, []string{"1", "2"}, f.Versions())
	require.Equal(t, "2", f.Newest())
	require.Equal(t, "db/1_a.sql", f.Place(f.Files[0]))
	require.False(t, folder.NoTransaction(f.Files[0]))
	require.True(t, folder.NoTransaction(f.Files[1]))
	statements, err := f.Files[1].StmtDecls()
	require.NoError(t, err)
	require.Equal(t, 4, folder.Line(f.Files[1], statements[1]))
	require.Equal(t, 5, folder.Line(f.Files[1], &migrate.Stmt{Pos: 9999}), "a place behind the end is the last line")
}

func TestAFolderWithoutMigrationsIsAnError(t *testing.T) {
	_, err := folder.Open(t.TempDir(), "db")
	require.EqualError(t, err, "db has no migrations")
	_, err = folder.Open(filepath.Join(t.TempDir(), "missing"), "db")
	require.ErrorContains(t, err, "the migrations cannot be opened")
}

func TestAFileBesideAMigrationIsReadAndAMissingOneIsNone(t *testing.T) {
	files := twoFiles()
	files["testdata/2/after.sql"] = "SELECT true;"
	f := open(t, write(t, files))
	after, err := f.Beside(f.Files[1], "after.sql")
	require.NoError(t, err)
	require.Equal(t, "db/testdata/2/after.sql", f.Place(after))
	require.Equal(t, "SELECT true;", string(after.Bytes()))
	before, err := f.Beside(f.Files[1], "before.sql")
	require.NoError(t, err)
	require.Nil(t, before)
}

func TestWhatIsAppliedAndWhatDoesNotApplyIsNotLinted(t *testing.T) {
	files := twoFiles()
	files["3_c.sql"] = "SELECT 3;\n"
	got := open(t, write(t, files)).Waivable("1", 2)
	require.Equal(t, []bool{false, true, false}, []bool{got[0].Linted, got[1].Linted, got[2].Linted})
	require.Equal(t, migration.File{
		Name: "db/2_b.sql", Text: files[second], NoTransaction: true, Linted: true, Statements: []migration.Statement{{Line: 3, End: 3}, {Line: 4, End: 4}},
	}, got[1])
}

func TestFilesAreComparedWithTheirAtlasSum(t *testing.T) {
	for reason, c := range map[string]struct {
		change func(dir string) error
		want   []string
	}{
		"as listed":      {func(string) error { return nil }, nil},
		"edited":         {func(dir string) error { return os.WriteFile(filepath.Join(dir, first), []byte("SELECT 9;"), 0o600) }, []string{"db/1_a.sql file-edited"}},
		"removed":        {func(dir string) error { return os.Remove(filepath.Join(dir, first)) }, []string{"db/1_a.sql file-removed"}},
		"no atlas.sum":   {func(dir string) error { return os.Remove(filepath.Join(dir, "atlas.sum")) }, []string{"db/atlas.sum sum-missing"}},
		"a conflict":     {func(dir string) error { return os.WriteFile(filepath.Join(dir, "atlas.sum"), []byte("<<<<"), 0o600) }, []string{"db/atlas.sum sum-broken"}},
		"another total":  {changeTotal, []string{"db/atlas.sum sum-broken"}},
		"a version used": {func(dir string) error { return os.WriteFile(filepath.Join(dir, "2_c.sql"), []byte("SELECT 9;"), 0o600) }, []string{"db/2_c.sql file-unlisted", "db/2_c.sql version-twice"}},
	} {
		dir := write(t, twoFiles())
		require.NoError(t, c.change(dir))
		found, err := open(t, dir).Integrity()
		require.NoError(t, err)
		require.Equal(t, c.want, rules(found), reason)
	}
}

func changeTotal(dir string) error {
	name := filepath.Join(dir, "atlas.sum")
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	text[3] ^= 1
	return os.WriteFile(name, text, 0o600)
}

func TestAFileThatWasEditedAndHashedAgainDiffersFromTheRelease(t *testing.T) {
	released, files := write(t, twoFiles()), twoFiles()
	files["3_c.sql"] = "SELECT 3;\n"
	found, n, err := open(t, write(t, files)).SinceRelease(released)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Empty(t, found)

	files[first] += "-- edited\n"
	found, _, err = open(t, write(t, files)).SinceRelease(released)
	require.NoError(t, err)
	require.Equal(t, []string{"db/1_a.sql file-edited"}, rules(found))

	_, _, err = open(t, write(t, files)).SinceRelease(t.TempDir())
	require.ErrorContains(t, err, "the atlas.sum of the release cannot be read")
}

func TestFilesAreComparedWithTheRevisionsOfADatabase(t *testing.T) {
	f := open(t, write(t, twoFiles()))
	sum, err := f.Dir.Checksum()
	require.NoError(t, err)
	hash := func(name string) string {
		h, err := sum.SumByName(name)
		require.NoError(t, err)
		return h
	}
	for reason, c := range map[string]struct {
		revisions []*migrate.Revision
		want      []string
	}{
		"as applied":             {[]*migrate.Revision{{Version: "1", Description: "a", Hash: hash(first)}, {Version: "2", Description: "b", Hash: "h1:" + hash(second)}}, nil},
		"a baseline has no hash": {[]*migrate.Revision{{Version: "1", Description: "a"}}, nil},
		"edited":                 {[]*migrate.Revision{{Version: "1", Description: "a", Hash: "h1:other"}}, []string{"db/1_a.sql file-edited"}},
		"removed":                {[]*migrate.Revision{{Version: "0", Description: "gone", Hash: "h1:x"}, {Version: "1", Description: "a", Hash: hash(first)}}, []string{"db/0_gone.sql file-removed"}},
		"renamed":                {[]*migrate.Revision{{Version: "1", Description: "former name", Hash: hash(first)}}, nil},
	} {
		found, err := f.SinceApplied(c.revisions)
		require.NoError(t, err)
		require.Equal(t, c.want, rules(found), reason)
	}
}
