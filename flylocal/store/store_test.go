package store_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal/store"
)

func TestADocumentComesBackAsItWasSaved(t *testing.T) {
	d := store.Dir(t.TempDir())
	require.NoError(t, d.Save("apps/web", map[string]int{"a": 1}))
	got := map[string]int{}
	found, err := d.Load("apps/web", &got)
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, map[string]int{"a": 1}, got)

	names, err := d.Names("apps")
	require.NoError(t, err)
	require.Equal(t, []string{"apps/web"}, names)

	require.NoError(t, d.Delete("apps/web"))
	require.NoError(t, d.Delete("apps/web"))
	found, err = d.Load("apps/web", &got)
	require.NoError(t, err)
	require.False(t, found)
}

func TestNobodyElseReadsADocument(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, store.Dir(dir).Save("apps/web", "secret"))
	info, err := os.Stat(filepath.Join(dir, "apps", "web.json"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestAHalfWrittenDocumentIsNotListed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, store.Dir(dir).Save("apps/web", 1))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "apps", ".new-123"), []byte("{"), 0o600))
	names, err := store.Dir(dir).Names("apps")
	require.NoError(t, err)
	require.Equal(t, []string{"apps/web"}, names)
}

func TestADamagedDocumentIsNamed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "x.json"), []byte("{"), 0o600))
	var v any
	_, err := store.Dir(dir).Load("x", &v)
	require.ErrorContains(t, err, "x.json")
}

func TestTheZeroDirKeepsNothing(t *testing.T) {
	var d store.Dir
	require.NoError(t, d.Save("a", 1))
	found, err := d.Load("a", new(int))
	require.NoError(t, err)
	require.False(t, found)
}
