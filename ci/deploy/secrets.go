package deploy

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/secret"
)

// secretChange says whether the secrets must be written, by names only.
type secretChange struct {
	Write      bool
	Names      []string
	Undeclared []string // on Fly, and nobody declared them: listed, never touched
	Version    uint64   // that a machine launched now must wait for; 0: unknown
	mine       string   // fingerprint of the given set
	state      string   // mine, and what Fly held when it was written
}

// compareSecrets decides whether the app already runs with these secrets. Fly shows no values, so what
// is compared is a fingerprint that every machine carries since its launch, together with the digests Fly
// shows: a value that somebody else changed since then is noticed as well.
func compareSecrets(set secret.Set, app string, known []fly.AppSecret, serving []*fly.Machine) secretChange {
	c := secretChange{Names: set.Names(), mine: set.Fingerprint(app)}
	for _, k := range known {
		if _, ok := set.Get(k.Name); !ok {
			c.Undeclared = append(c.Undeclared, k.Name)
		}
	}
	slices.Sort(c.Undeclared)
	c.state = c.mine + "." + digests(set, known)
	c.Write = set.Len() > 0 && len(serving) == 0
	for _, m := range serving {
		if m.GetMetadataByKey(metaSecrets) != c.state && set.Len() > 0 {
			c.Write = true
		}
		if v, err := strconv.ParseUint(m.GetMetadataByKey(metaSecretsVersion), 10, 64); err == nil {
			c.Version = max(c.Version, v)
		}
	}
	return c
}

// written is the change after Fly took the secrets.
func (c secretChange) written(set secret.Set, version uint64, all []fly.AppSecret) secretChange {
	c.Version = version
	c.state = c.mine + "." + digests(set, all)
	return c
}

func (c secretChange) mark(meta map[string]string) {
	if len(c.Names) == 0 {
		return
	}
	meta[metaSecrets] = c.state
	if c.Version > 0 {
		meta[metaSecretsVersion] = strconv.FormatUint(c.Version, 10)
	}
}

func (c secretChange) minVersion() *uint64 {
	if c.Version == 0 {
		return nil
	}
	return &c.Version
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
