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
	write      bool
	names      []string
	undeclared []string // on Fly, and nobody declared them: listed, never touched
	version    uint64   // that a machine launched now must wait for; 0: unknown
	mine       string   // fingerprint of the given set
	state      string   // mine, and what Fly held when it was written
}

// fingerprint is slow on purpose.
var fingerprint = secret.Set.Fingerprint

// compareSecrets decides whether Fly already holds these secrets. It shows no values, so what is compared
// is a fingerprint that every machine carries since its launch, together with the digests Fly shows: a
// value that somebody else changed since then is noticed as well. One machine that carries it is proof
// enough; the others lack an update, not the secrets another write.
func compareSecrets(set secret.Set, app string, known []fly.AppSecret, serving []*fly.Machine) secretChange {
	c := secretChange{names: set.Names()}
	for _, k := range known {
		if _, ok := set.Get(k.Name); !ok {
			c.undeclared = append(c.undeclared, k.Name)
		}
	}
	slices.Sort(c.undeclared)
	if set.Len() == 0 {
		return c
	}
	c.mine = fingerprint(set, app)
	c.state = c.mine + "." + digests(set, known)
	c.write = true
	for _, m := range serving {
		if m.GetMetadataByKey(metaSecrets) != c.state {
			continue
		}
		c.write = false
		if v, err := strconv.ParseUint(m.GetMetadataByKey(metaSecretsVersion), 10, 64); err == nil {
			c.version = max(c.version, v)
		}
	}
	return c
}

// written is the change after Fly took the secrets.
func (c secretChange) written(set secret.Set, version uint64, all []fly.AppSecret) secretChange {
	c.version = version
	c.state = c.mine + "." + digests(set, all)
	return c
}

func (c secretChange) mark(meta map[string]string) {
	if len(c.names) == 0 {
		return
	}
	meta[metaSecrets] = c.state
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
