// Package advisory finds Trivy's vulnerability database in a registry.
package advisory

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// A Database is the newest one in a registry. A scan runs again when the digest changes.
type Database struct {
	Ref    string // with its digest
	Digest string
	Sample string // its own description, when it is a test sample and not the whole
}

// Find asks a registry for the digest of a tag, without TLS when it is on this machine. It downloads nothing.
func Find(ctx context.Context, ref string, local bool) (Database, error) {
	var options []name.Option
	if local {
		options = append(options, name.Insecure)
	}
	tag, err := name.ParseReference(ref, options...)
	if err != nil {
		return Database{}, fmt.Errorf("the name of the vulnerability database cannot be read: %w", err)
	}
	found, err := remote.Get(tag, remote.WithContext(ctx))
	if err != nil {
		return Database{}, &UnreachableError{Ref: ref, cause: err}
	}
	var manifest struct {
		Annotations map[string]string
	}
	if err := json.Unmarshal(found.Manifest, &manifest); err != nil {
		return Database{}, fmt.Errorf("the vulnerability database %s cannot be read: %w", ref, err)
	}
	return Database{
		Ref:    tag.Context().Name() + "@" + found.Digest.String(),
		Digest: found.Digest.String(),
		Sample: sample(manifest.Annotations["org.opencontainers.image.title"]),
	}, nil
}

// UnreachableError is a vulnerability database that its registry does not serve.
type UnreachableError struct {
	Ref   string
	cause error
}

var _ interface{ Hint() string } = (*UnreachableError)(nil)

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("the vulnerability database %s cannot be read: %v", e.Ref, e.cause)
}

func (e *UnreachableError) Unwrap() error { return e.cause }

// Hint names the two ways to advisories on a machine that does not reach the registry.
func (e *UnreachableError) Hint() string {
	return "On a bare machine `make scanners` builds the scanners and a sample of the advisories; --advisories tcp://HOST:PORT names a server with a copy"
}

// sample is the description of a test sample, which its title has; empty for any other database.
func sample(title string) string {
	if rest, is := strings.CutPrefix(title, "sample: "); is {
		return rest
	}
	return ""
}

// FindAt asks a server on this machine for its copy of a database, which is named as in its own registry. Errors name no
// address: only an engine knows the server by it.
func FindAt(ctx context.Context, server, database string) (Database, error) {
	_, repository, _ := strings.Cut(database, "/")
	found, err := Find(ctx, server+"/"+repository, true)
	if err != nil {
		return found, fmt.Errorf("the server that --advisories names does not serve the vulnerability database: %s", strings.ReplaceAll(err.Error(), server, "SERVER"))
	}
	return found, nil
}
