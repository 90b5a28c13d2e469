package history_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/output"
	"github.com/renewa/pipeline/ci/release/history"
)

// past returns an app's releases by the letters of their images; a lower-case letter is a failed release.
func past(letters string) []history.Release {
	var all []history.Release
	for i, letter := range strings.Split(letters, "") {
		r := history.Release{Version: i + 1, Status: history.Complete, Image: "registry.fly.io/shop@" + digest(letter), Created: time.Unix(int64(i), 0)}
		if strings.ToLower(letter) == letter {
			r.Status = "failed"
		}
		all = append(all, r)
	}
	return all
}

func digest(letter string) string {
	return "sha256:" + strings.Repeat(strings.ToLower(letter), 64)
}

func TestARollbackGoesToTheLastSuccessfulReleaseBeforeTheRunningImage(t *testing.T) {
	for reason, c := range map[string]struct {
		past, running string
		want          int // release
	}{
		"the one before":                             {"AB", "B", 1},
		"not one that failed":                        {"AbC", "C", 1},
		"the same image released again is one step":  {"ABB", "B", 1},
		"two rollbacks are two steps":                {"ABCB", "B", 1},
		"also when the first ran twice":              {"AABC", "C", 3},
		"a release after a rollback":                 {"ABAC", "C", 3},
		"a failed release in front changes nothing":  {"ABc", "B", 1},
		"from a digest without a successful release": {"ABc", "C", 2},
	} {
		t.Run(reason, func(t *testing.T) {
			got, err := history.Previous(past(c.past), digest(c.running))
			require.NoError(t, err)
			require.Equal(t, c.want, got.Version)
		})
	}
}

func TestARollbackWithoutAnEarlierReleaseIsAnError(t *testing.T) {
	for reason, c := range map[string]struct{ past, running string }{
		"after one release":             {"A", "A"},
		"after going back to the first": {"ABA", "A"},
		"when all others failed":        {"abC", "C"},
	} {
		t.Run(reason, func(t *testing.T) {
			_, err := history.Previous(past(c.past), digest(c.running))
			none := new(history.NoneError)
			require.ErrorAs(t, err, &none)
			require.Contains(t, none.Hint(), "Successful releases you can go back to (* runs now):\n")
		})
	}
}

func TestAGivenDigestMustHaveASuccessfulRelease(t *testing.T) {
	all := past("ABcB")
	got, err := history.Find(all, digest("B"))
	require.NoError(t, err)
	require.Equal(t, 4, got.Version, "the newest of its releases")
	got, err = history.Find(all, "aaaa")
	require.NoError(t, err)
	require.Equal(t, 1, got.Version)
	got, err = history.Find(all, "sha256:bbbb…")
	require.NoError(t, err, "the form of the help")
	require.Equal(t, 4, got.Version)
	got, err = history.Find(all, "sha256:bbbb...")
	require.NoError(t, err)
	require.Equal(t, 4, got.Version)
	_, err = history.Find(all, digest("C"))
	require.ErrorContains(t, err, "no successful release of this app has the image "+digest("C"))
}

func TestATagIsNoDigest(t *testing.T) {
	all := past("ABcB")
	for _, given := range []string{"v1", "latest", "3", "", "sha256:", "…", digest("A") + "0", "registry.fly.io/shop@" + digest("A")} {
		_, err := history.Find(all, given)
		none := new(history.NotADigestError)
		if given == "3" { // the beginning of a digest that no release has
			require.ErrorContains(t, err, "no successful release")
			continue
		}
		require.ErrorAs(t, err, &none, given)
		require.ErrorContains(t, output.Error(err), " is no digest, and a tag may name another image today")
		require.ErrorContains(t, output.Error(err), digest("B")+"  release 4")
	}
}

func TestABeginningOfSeveralDigestsIsRefusedWithTheirList(t *testing.T) {
	all := past("AB")
	all[1].Image = "registry.fly.io/shop@sha256:a" + strings.Repeat("b", 63)
	_, err := history.Find(all, "a")
	require.ErrorContains(t, err, "several digests begin with a")
	require.ErrorContains(t, err, "release 1, ")
	require.ErrorContains(t, err, "release 2, ")
}

func TestAReleaseThatNobodyEndedIsOpen(t *testing.T) {
	all := past("ABcD")
	all[1].Status, all[3].Status = "running", "pending"
	require.Equal(t, []history.Release{all[3], all[1]}, history.Open(all))
	all[3].Image = "registry.fly.io/shop:deployment-01"
	require.Len(t, history.Open(all), 1, "not the releases of other tools")
}

func TestAReleaseByTagIsNoTargetOfARollback(t *testing.T) {
	all := past("AB")
	all[0].Image = "registry.fly.io/shop:latest"
	_, err := history.Previous(all, digest("B"))
	require.Error(t, err)
}

func TestMigrationsSinceTheReleaseAreAWarning(t *testing.T) {
	require.Empty(t, history.MigrationWarning("2", []string{"2"}))
	require.Empty(t, history.MigrationWarning("", nil), "an app without migrations")
	require.Contains(t, history.MigrationWarning("1", []string{"1", "2", "3"}), "that release had 1, since then the database got 2, 3.")
	require.Contains(t, history.MigrationWarning("", []string{"2"}), "are unknown; since then the database got 2")
}
