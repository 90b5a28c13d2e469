package suite

import (
	"fmt"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
	"github.com/renewa/pipeline/ci/verify/migration/folder"
)

func TestTheMigratorStartsFromTheNewestVersionsOrFromTheOneThatIsGiven(t *testing.T) {
	for reason, c := range map[string]struct {
		files int
		from  string
		want  []int
	}{
		"one version":    {1, "", nil},
		"three versions": {3, "", []int{1, 2}},
		"a given one":    {3, "102", []int{2}},
		"the newest":     {3, "103", []int{3}},
	} {
		s := &suite{Trial: migration.Trial{From: c.from}, folder: files(c.files)}
		got, err := s.starts()
		require.NoError(t, err)
		require.Equal(t, c.want, got, reason)
	}
	got, err := (&suite{folder: files(50)}).starts()
	require.NoError(t, err)
	require.Len(t, got, newest)
	require.Equal(t, []int{30, 49}, []int{got[0], got[newest-1]})

	_, err = (&suite{Trial: migration.Trial{From: "9"}, folder: files(2)}).starts()
	require.EqualError(t, err, `there is no migration of version "9"; the versions are 101, 102`)
}

// files is a folder of n migrations, of the versions 101 and up.
func files(n int) *folder.Folder {
	f := &folder.Folder{}
	for i := range n {
		f.Files = append(f.Files, migrate.NewLocalFile(fmt.Sprintf("%d_a.sql", 101+i), nil))
	}
	return f
}
