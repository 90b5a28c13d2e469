// Package secretstate compares the secrets given to a deploy with the secrets that Fly holds, and with those that each
// machine was launched with.
//
// Fly shows a digest of each secret and never its value. So a deploy writes three marks into the metadata of each
// machine: a fingerprint of the whole set that was given, a seal for each value, and the names and digests that
// Fly held. By these marks State decides whether secrets must be written and which machines lack them.
package secretstate

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/secret"
)

// The keys of a machine's metadata that this package reads and writes.
const (
	metaState    = "pipeline_secrets"         // fingerprint of the set, and of the digests that Fly held
	metaVersion  = "pipeline_secrets_version" // Fly's version of the secrets
	metaSeals    = "pipeline_secrets_seals"   // see seal
	metaLaunched = "pipeline_secrets_held"    // see launchHashes
)

// Given has the secrets of one request.
type Given struct {
	App      string
	Set      secret.Set           // the declared secrets that Fly must hold
	Declared []secret.Requirement // the secrets that this pipeline may write and remove
	Unsent   []string             // given names that are not declared: reported, never sent
	Prune    bool                 // remove the secrets that are declared for Fly and not in Set

	Fingerprint func(set secret.Set, salt string) string // secret.Set.Fingerprint, which is slow on purpose
}

// Check returns an error for a request to prune with an empty set, because a missing CI variable would then remove every
// secret.
func (g Given) Check() error {
	if g.Prune && g.Set.Len() == 0 {
		return errors.New("--prune needs --secrets: without secrets, it would delete every declared secret. Nothing was changed: give the secrets to keep")
	}
	return nil
}

// owns reports whether a secret is declared for Fly, so that this pipeline may write and remove it. A secret that is
// declared for the pipeline itself is never sent; if Fly holds one of that name, it stays.
func (g Given) owns(name string) bool {
	return secret.Owns(g.Declared, name, secret.Release, secret.App)
}

// concerns reports whether a secret is given or declared for Fly. A deploy ignores all others.
func (g Given) concerns(name string) bool {
	_, given := g.Set.Get(name)
	return given || g.owns(name)
}

// namesToRemove returns the names to remove with prune: declared names that Fly holds and that were not given.
func (g Given) namesToRemove(known []fly.AppSecret) (names []string) {
	for _, k := range known {
		if _, given := g.Set.Get(k.Name); g.Prune && !given && g.owns(k.Name) {
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	return names
}

// State is the result of Compare. It prints names and hashes only.
type State struct {
	Difference
	Write bool     // the set must be written, or names must be removed
	Unset []string // names to remove

	given    Given
	same     bool     // Fly holds every value that was given
	version  uint64   // Fly's version, for which a machine launched now must wait; 0: unknown
	mine     string   // fingerprint of the given set
	state    string   // mine, and the digests that Fly held when the set was written
	seals    string   // see seal.seals
	seal     seal     // makes hashes with the token of the request
	launched []string // see launchHashes
	behind   []string // ids of machines that were launched with other secrets than Fly holds
}

// Compare decides whether Fly already holds the given secrets. One serving machine with matching marks proves that: the
// other machines then need an update, and the secrets need no second write. key returns a key for a purpose, derived from
// the token of the request.
func Compare(g Given, key func(purpose string) []byte, known []fly.AppSecret, serving []*fly.Machine) State {
	s := State{given: g, Unset: g.namesToRemove(known), launched: launchHashes(g, known), seal: seal{key("secrets of " + g.App)}}
	if g.Set.Len() > 0 {
		s.mine = g.Fingerprint(g.Set, g.App)
		s.state, s.seals = s.mine+"."+digests(g.Set, known), s.seal.seals(g.Set, known)
	}
	for _, m := range serving {
		if len(stagedNames(g, known, m)) > 0 || hasRemoved(known, m) {
			s.behind = append(s.behind, m.ID)
		}
		if g.Set.Len() == 0 || !s.isCarriedBy(m) {
			continue
		}
		s.same = true
		if v, err := strconv.ParseUint(m.GetMetadataByKey(metaVersion), 10, 64); err == nil {
			s.version = max(s.version, v)
		}
	}
	s.Write = g.Set.Len() > 0 && !s.same || len(s.Unset) > 0
	s.Difference = s.difference(known, serving)
	return s
}

// Stale reports whether a machine was launched with other secrets than it must have.
func (s State) Stale(m *fly.Machine) bool {
	return s.Write || !s.isCarriedBy(m) || slices.Contains(s.behind, m.ID)
}

// AfterWrite returns the state after the set was written, given Fly's new version and all secrets that Fly holds now.
func (s State) AfterWrite(version uint64, all []fly.AppSecret) State {
	s.version, s.launched = version, launchHashes(s.given, all)
	s.state, s.seals = s.mine+"."+digests(s.given.Set, all), s.seal.seals(s.given.Set, all)
	return s
}

// Mark writes the marks into the metadata of a machine that is about to be launched.
func (s State) Mark(metadata map[string]string) {
	if s.given.Set.Len() == 0 {
		return
	}
	metadata[metaState], metadata[metaSeals], metadata[metaLaunched] = s.state, s.seals, strings.Join(s.launched, " ")
	if s.version > 0 {
		metadata[metaVersion] = strconv.FormatUint(s.version, 10)
	}
}

// MinVersion returns the version of the secrets that a machine launched now must wait for; nil when it is unknown.
func (s State) MinVersion() *uint64 {
	if s.version == 0 {
		return nil
	}
	return &s.version
}

// isCarriedBy reports whether a machine was launched with every given value, and Fly still holds these values. The
// fingerprint proves that for the same set; seals made with the same token prove it for a subset.
func (s State) isCarriedBy(m *fly.Machine) bool {
	n := s.given.Set.Len()
	if n == 0 || m.GetMetadataByKey(metaState) == s.state {
		return true
	}
	theirs, _ := sealsOf([]*fly.Machine{m}, s.seal)
	mine := strings.Fields(s.seals)[1:]
	return len(mine) == n && !slices.ContainsFunc(mine, func(s string) bool { return !theirs[s] })
}

// digests returns one hash over the digests that Fly shows for the secrets of a set.
func digests(set secret.Set, known []fly.AppSecret) string {
	var lines []string
	for _, k := range known {
		if _, ok := set.Get(k.Name); ok {
			lines = append(lines, k.Name+"="+k.Digest)
		}
	}
	slices.Sort(lines)
	return fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Join(lines, "\n"))))[:16]
}
