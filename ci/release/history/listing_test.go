package history_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/golden"
	"github.com/renewa/pipeline/ci/release/history"
)

func listed() history.Listing {
	at := func(day int) time.Time { return time.Date(2026, 3, day, 9, 30, 0, 0, time.UTC) }
	ref := func(letter string) string { return "registry.fly.io/shop@" + digest(letter) }
	return history.Listing{Fly: "Fly.io", Stage: "staging", App: "shop-staging", Running: digest("a"), Releases: []history.Release{
		{Version: 1, Status: history.Complete, Image: ref("a"), By: "ann@example.com", Created: at(1)},
		{Version: 2, Status: history.Complete, Image: ref("b"), By: "ann@example.com", Created: at(2)},
		{Version: 3, Status: "failed", Image: ref("c"), Created: at(3)},
		{Version: 4, Status: history.Complete, Image: ref("a"), By: "bob@example.com", Created: at(4)},
		{Version: 5, Status: "interrupted", Image: "shop:latest", By: "bob@example.com", Created: at(5)},
	}}
}

func TestAListOfReleasesMarksTheNewestSuccessfulOneOfTheImageThatRuns(t *testing.T) {
	golden.Equal(t, "listing.txt", listed().String()+"\n")
	var read struct {
		Version  int
		Running  string
		Releases []struct {
			Release int
			Digest  string
			Running bool
		}
	}
	require.NoError(t, json.Unmarshal(listed().JSON(), &read))
	require.Equal(t, history.ListingVersion, read.Version)
	require.Len(t, read.Releases, 5)
	for _, r := range read.Releases {
		require.Equal(t, r.Release == 4, r.Running, "release %d", r.Release)
	}
	require.Empty(t, read.Releases[0].Digest, "a tag is no digest")
}

func TestAListOfReleasesStatesWhatIsNotKnown(t *testing.T) {
	l := listed()
	l.Running, l.NotKnown = "", "its machines run 2 images"
	require.Contains(t, l.String(), "staging (shop-staging): which release runs is not known: its machines run 2 images\n")
	require.NotContains(t, l.String(), "\n* ")
	l.Releases = nil
	require.Contains(t, l.String(), "staging (shop-staging) has no release yet")
	require.Contains(t, string(l.JSON()), `"releases": []`)
}
