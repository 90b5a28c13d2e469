package migration_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/migration"
)

func TestEveryFileThatDiffersFromItsListIsAFinding(t *testing.T) {
	a, b, c := migration.Sum{Name: "1_a.sql", Hash: "A"}, migration.Sum{Name: "2_b.sql", Hash: "B"}, migration.Sum{Name: "3_c.sql", Hash: "C"}
	type sums = []migration.Sum
	edited := func(s migration.Sum) migration.Sum { return migration.Sum{Name: s.Name, Hash: "other"} }
	for reason, x := range map[string]struct {
		listed, there sums
		want          []string
	}{
		"all is well":                    {sums{a, b, c}, sums{a, b, c}, nil},
		"edited, and so all behind it":   {sums{a, b, c}, sums{a, edited(b), edited(c)}, []string{"db/2_b.sql file-edited"}},
		"removed, and so all behind it":  {sums{a, b, c}, sums{a, edited(c)}, []string{"db/2_b.sql file-removed"}},
		"added in between":               {sums{a, c}, sums{a, b, edited(c)}, []string{"db/2_b.sql file-unlisted"}},
		"added at the end":               {sums{a, b}, sums{a, b, c}, []string{"db/3_c.sql file-unlisted"}},
		"two unlisted":                   {sums{a}, sums{a, b, c}, []string{"db/2_b.sql file-unlisted", "db/3_c.sql file-unlisted"}},
		"renamed":                        {sums{a, c}, sums{a, b}, []string{"db/3_c.sql file-removed", "db/2_b.sql file-unlisted"}},
		"listed in another order":        {sums{b, a, c}, sums{a, b, c}, []string{"db/1_a.sql file-reordered"}},
		"edited before one that is gone": {sums{a, b}, sums{edited(a)}, []string{"db/2_b.sql file-removed", "db/1_a.sql file-edited"}},
	} {
		var got []string
		for _, f := range migration.Compare("db", migration.List{Name: "atlas.sum", Sums: x.listed}, x.there) {
			got = append(got, f.File+" "+f.Rules[0])
			require.NotEmpty(t, f.Instead, reason)
		}
		require.Equal(t, x.want, got, reason)
	}
}

func TestAnAtlasSumIsReadByItsLines(t *testing.T) {
	got, err := migration.Sums("h1:total=\n1_a.sql h1:A=\n2 with blanks.sql h1:B=\n")
	require.NoError(t, err)
	require.Equal(t, []migration.Sum{{"1_a.sql", "A="}, {"2 with blanks.sql", "B="}}, got)
	for text, want := range map[string]string{
		"":                              `line 1 is "", not a hash`,
		"<<<<<<< HEAD\nh1:x":            `line 1 is "<<<<<<< HEAD", not a hash`,
		"h1:x\n1_a.sql h1:A\n=======\n": `line 3 is "=======", not a file with its hash`,
	} {
		_, err := migration.Sums(text)
		require.EqualError(t, err, want)
	}
}

func TestReleasedFilesMayNotDifferAndNewerOnesMayFollow(t *testing.T) {
	a, b, c := migration.Sum{Name: "1_a.sql", Hash: "A"}, migration.Sum{Name: "2_b.sql", Hash: "B"}, migration.Sum{Name: "3_c.sql", Hash: "C"}
	released := func(sums ...migration.Sum) migration.List { return migration.List{Name: "the release", Sums: sums} }
	require.Empty(t, migration.Since("db", released(a, b), []migration.Sum{a, b, c}))
	require.Empty(t, migration.Since("db", released(), []migration.Sum{a}))

	between := migration.Since("db", released(a, c), []migration.Sum{a, b, c})
	require.Len(t, between, 1)
	require.Equal(t, "2_b.sql is new but would run before 3_c.sql, which is in the release", between[0].What)

	edited := migration.Since("db", released(a, b), []migration.Sum{{Name: "1_a.sql", Hash: "other"}, b, c})
	require.Len(t, edited, 1)
	require.Equal(t, "1_a.sql differs from the file of that name in the release", edited[0].What)
}
