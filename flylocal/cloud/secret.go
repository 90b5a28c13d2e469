package cloud

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"regexp"
	"slices"
	"time"
)

// Secrets are the secrets of an app. Every change makes a new version.
type Secrets struct {
	Version uint64            `json:"version"`
	Values  map[string]Secret `json:"values,omitempty"`
}

// Secret is one of them.
type Secret struct {
	Value   string    `json:"value"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

// Digest tells values apart without telling what they are.
func (s Secret) Digest() string {
	sum := sha256.Sum256([]byte("flylocal:" + s.Value))
	return hex.EncodeToString(sum[:8])
}

// Names in fixed order.
func (s Secrets) Names() []string { return slices.Sorted(maps.Keys(s.Values)) }

func (s Secrets) copy() Secrets {
	s.Values = maps.Clone(s.Values)
	return s
}

var secretName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// SetSecrets stores values and deletes those that are nil. Machines get them at their next update.
func (c *Cloud) SetSecrets(app string, values map[string]*string) (Secrets, error) {
	for name := range values {
		if !secretName.MatchString(name) {
			return Secrets{}, problem(422, "invalid secret name %q", name)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a := c.apps[app]
	if a == nil {
		return Secrets{}, noApp()
	}
	now := time.Now().UTC()
	next := a.Secrets.copy()
	if next.Values == nil {
		next.Values = map[string]Secret{}
	}
	for name, v := range values {
		if v == nil {
			delete(next.Values, name)
			continue
		}
		s, known := next.Values[name]
		if !known {
			s.Created = now
		}
		s.Value, s.Updated = *v, now
		next.Values[name] = s
	}
	next.Version++
	a.Secrets = next
	return next.copy(), c.save(a)
}

// SecretsAt returns the secrets, which must have reached a version.
func (c *Cloud) SecretsAt(app string, version uint64) (Secrets, error) {
	a, err := c.App(app)
	if err != nil {
		return Secrets{}, err
	}
	if a.Secrets.Version < version {
		return Secrets{}, problem(412, "secrets version %d does not exist yet: the app is at version %d", version, a.Secrets.Version)
	}
	return a.Secrets, nil
}
