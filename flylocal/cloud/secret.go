package cloud

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"time"
)

// Secrets are the secrets of an app. Every change raises the version.
type Secrets struct {
	Version uint64            `json:"version"`
	Values  map[string]Secret `json:"values,omitempty"`
}

// Secret is the value of one secret.
type Secret struct {
	Value   string    `json:"value"`
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"`
}

// Digest returns a value that differs when the secret does, and does not disclose it.
func (s Secret) Digest() string {
	sum := sha256.Sum256([]byte("flylocal:" + s.Value))
	return hex.EncodeToString(sum[:8])
}

// Names returns the names, sorted.
func (s Secrets) Names() []string { return slices.Sorted(maps.Keys(s.Values)) }

// Copy returns a copy that shares nothing with s.
func (s Secrets) Copy() Secrets {
	s.Values = maps.Clone(s.Values)
	return s
}

// With returns the next version of the secrets: values are set, and those that are nil deleted.
func (s Secrets) With(values map[string]*string, now time.Time) Secrets {
	next := Secrets{Version: s.Version + 1, Values: map[string]Secret{}}
	maps.Copy(next.Values, s.Values)
	for name, v := range values {
		if v == nil {
			delete(next.Values, name)
			continue
		}
		old, known := s.Values[name]
		if !known {
			old.Created = now
		}
		next.Values[name] = Secret{Value: *v, Created: old.Created, Updated: now}
	}
	return next
}

// TakeSecrets gives the machine the secrets that the app has now. It keeps them until its next update.
func (m *Machine) TakeSecrets(s Secrets, skip bool) {
	m.Secrets, m.SecretsAt = nil, s.Version
	if skip {
		return
	}
	m.Secrets = map[string]string{}
	for name, v := range s.Values {
		m.Secrets[name] = v.Value
	}
}
