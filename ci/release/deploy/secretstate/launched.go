package secretstate

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/superfly/fly-go"
)

// ours ends the hash of each secret that concerned this pipeline when the machine was launched.
const ours = "+"

// launchHashes returns hashes of the secrets that Fly holds, which are those that a machine launched now gets. The hashes
// reveal no more than the list that Fly shows to everybody with access to the app.
func launchHashes(g Given, known []fly.AppSecret) []string {
	list := []string{}
	for _, k := range known {
		held := hashOf(k)
		if g.concerns(k.Name) {
			held += ours
		}
		list = append(list, held)
	}
	slices.Sort(list)
	return list
}

// hashOf returns a short hash of a secret's name, followed by one of the digest that Fly shows.
func hashOf(k fly.AppSecret) string { return nameHash(k) + hash(k.Digest, 4) }

func nameHash(k fly.AppSecret) string { return hash(k.Name, 4) }

func hash(text string, bytes int) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:bytes])
}

// stagedNames returns the names of the secrets that a machine was launched without, or with another value; none for a machine
// without marks.
func stagedNames(g Given, known []fly.AppSecret, m *fly.Machine) (names []string) {
	text := m.GetMetadataByKey(metaLaunched)
	if text == "" {
		return nil
	}
	held := strings.Fields(strings.ReplaceAll(text, ours, ""))
	for _, k := range known {
		if g.concerns(k.Name) && !slices.Contains(held, hashOf(k)) {
			names = append(names, k.Name)
		}
	}
	return names
}

// hasRemoved reports whether a machine was launched with a secret of this pipeline that Fly no longer holds.
func hasRemoved(known []fly.AppSecret, m *fly.Machine) bool {
	return slices.ContainsFunc(strings.Fields(m.GetMetadataByKey(metaLaunched)), func(held string) bool {
		return strings.HasSuffix(held, ours) && !slices.ContainsFunc(known, func(k fly.AppSecret) bool { return strings.HasPrefix(held, nameHash(k)) })
	})
}
