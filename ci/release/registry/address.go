package registry

import (
	"crypto/sha256"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/renewa/pipeline/ci/release/image"
)

// BuildTag returns the tag of an image that is built from these inputs: a hash of them. The value of a secret is no
// input, so a token that is replaced makes no new image.
func BuildTag(inputs ...string) string {
	return fmt.Sprintf("build-%x", sha256.Sum256([]byte(strings.Join(inputs, "\n"))))[:22]
}

// Local reports whether this is the registry of a local Fly.
func (r Registry) Local() bool { return r.Insecure }

// ThroughService returns the address of a local Fly's registry as an engine has it that reaches the local Fly by a
// service, given the address of the service: the engine forwards the same port of its own.
func ThroughService(base string) (string, error) {
	u, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("the address %q of the local Fly cannot be read: %w", base, err)
	}
	return net.JoinHostPort("localhost", u.Port()), nil
}

// Published returns the image that was published at an address, by the name that machines use.
func Published(address string) (image.Ref, error) {
	ref, err := image.Parse(address)
	if err != nil {
		return image.Ref{}, err
	}
	return ref.On(Host, ref.Repository()), nil
}

// Has reports whether an image is in Fly's registry.
func Has(ref image.Ref) bool { return ref.Host() == Host }
