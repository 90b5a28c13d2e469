package deploy

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/secret"
)

// secretChange says whether the secrets must be written, by names only.
type secretChange struct {
	Difference
	write   bool
	same    bool     // Fly holds every value that was given
	unset   []string // names to take away
	names   []string
	version uint64   // that a machine launched now must wait for; 0: unknown
	mine    string   // fingerprint of the given set
	state   string   // mine, and what Fly held when it was written
	held    []string // see heldOf
	behind  []string // machines that were launched with other secrets of ours than Fly holds
	seals   string
	seal    seal
}

// fingerprint is slow on purpose.
var fingerprint = secret.Set.Fingerprint

// Compare says how the given secrets differ from those that Fly holds. It touches nothing.
func Compare(ctx context.Context, platform Platform, r Request) (Difference, error) {
	if err := r.checkPrune(); err != nil {
		return Difference{}, err
	}
	machines, known, err := look(ctx, platform, r.Config.App)
	if err != nil {
		return Difference{}, err
	}
	serving := slices.DeleteFunc(machines, func(m *fly.Machine) bool { return m.IsFlyAppsReleaseCommand() || !m.IsFlyAppsPlatform() })
	return compareSecrets(r, platform.Key, known, serving).Difference, nil
}

// look asks for all that a plan is made from.
func look(ctx context.Context, platform Platform, app string) ([]*fly.Machine, []fly.AppSecret, error) {
	machines, err := platform.Machines(ctx, app)
	if err != nil {
		return nil, nil, fmt.Errorf("list machines of %s: %w", app, err)
	}
	known, err := platform.Secrets(ctx, app)
	if err != nil {
		return nil, nil, fmt.Errorf("list secrets of %s: %w", app, err)
	}
	return machines, known, nil
}

// checkPrune keeps an empty file, such as a CI variable that does not exist, from taking everything away.
func (r Request) checkPrune() error {
	if r.Prune && r.Secrets.Len() == 0 {
		return errors.New("prune was asked for and no secrets were given: every declared secret would be removed, so nothing was done. Give those that are to stay")
	}
	return nil
}

// compareSecrets decides whether Fly already holds these secrets. It shows no values, so what is compared
// is a fingerprint that every machine carries since its launch, together with the digests Fly shows: a
// value that somebody else changed since then is noticed as well. One machine that carries it is proof
// enough; the others lack an update, not the secrets another write.
func compareSecrets(r Request, key func(purpose string) []byte, known []fly.AppSecret, serving []*fly.Machine) secretChange {
	set, app := r.Secrets, r.Config.App
	c := secretChange{names: set.Names(), unset: r.outdated(known), held: heldOf(r, known), seal: seal{key("secrets of " + app)}}
	if set.Len() > 0 {
		c.mine = fingerprint(set, app)
		c.state, c.seals = c.mine+"."+digests(set, known), c.seal.seals(set, known)
	}
	for _, m := range serving {
		if len(staged(r, known, m)) > 0 || outlived(known, m) {
			c.behind = append(c.behind, m.ID)
		}
		if set.Len() == 0 || !c.carriedBy(m) {
			continue
		}
		c.same = true
		if v, err := strconv.ParseUint(m.GetMetadataByKey(metaSecretsVersion), 10, 64); err == nil {
			c.version = max(c.version, v)
		}
	}
	c.write = set.Len() > 0 && !c.same || len(c.unset) > 0
	c.Difference = c.difference(r, known, serving)
	return c
}

// carriedBy: the machine was launched with every value that was given, and Fly holds them still. The
// fingerprint proves it for the very set; the seals, made with the same token, for a part of a larger one.
func (c secretChange) carriedBy(m *fly.Machine) bool {
	if len(c.names) == 0 || m.GetMetadataByKey(metaSecrets) == c.state {
		return true
	}
	theirs, _ := sealsOf([]*fly.Machine{m}, c.seal)
	mine := strings.Fields(c.seals)[1:]
	return len(mine) == len(c.names) && !slices.ContainsFunc(mine, func(s string) bool { return !theirs[s] })
}

// outdated are the names to take away: Fly holds them, they are this pipeline's, and nobody gave them.
func (r Request) outdated(known []fly.AppSecret) (names []string) {
	for _, k := range known {
		if _, given := r.Secrets.Get(k.Name); r.Prune && !given && r.owns(k.Name) {
			names = append(names, k.Name)
		}
	}
	slices.Sort(names)
	return names
}

// written is the change after Fly took the secrets.
func (c secretChange) written(r Request, version uint64, all []fly.AppSecret) secretChange {
	c.version, c.held = version, heldOf(r, all)
	c.state, c.seals = c.mine+"."+digests(r.Secrets, all), c.seal.seals(r.Secrets, all)
	return c
}

func (c secretChange) mark(meta map[string]string) {
	if len(c.names) == 0 {
		return
	}
	meta[metaSecrets], meta[metaSeals], meta[metaHeld] = c.state, c.seals, strings.Join(c.held, " ")
	if c.version > 0 {
		meta[metaSecretsVersion] = strconv.FormatUint(c.version, 10)
	}
}

func (c secretChange) minVersion() *uint64 {
	if c.version == 0 {
		return nil
	}
	return &c.version
}

// digests condenses what Fly shows of the secrets of a set.
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

func (r *run) stageSecrets(ctx context.Context) error {
	if !r.secrets.write {
		return nil
	}
	r.say("staging %s", count(r.Secrets.Len(), "secret"))
	if len(r.secrets.unset) > 0 {
		r.say("removing %s: %s", count(len(r.secrets.unset), "secret"), strings.Join(r.secrets.unset, ", "))
	}
	version, all, err := r.fly.SetSecrets(ctx, r.Config.App, r.Secrets, r.secrets.unset...)
	if err != nil {
		return fmt.Errorf("stage secrets of %s: %w", r.Config.App, err)
	}
	r.secrets = r.secrets.written(r.Request, version, all)
	return nil
}
