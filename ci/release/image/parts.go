package image

import (
	"regexp"
	"strings"
)

// wellFormed is the grammar of a repository's name in the OCI distribution specification
// (github.com/opencontainers/distribution-spec). The registry library is less strict: it accepts "https://host/app".
var wellFormed = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)

// hostPort matches a host name or an IP address, with or without a port.
var hostPort = regexp.MustCompile(`^([a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?$`)

// isSHA256 reports whether a digest is "sha256:" and 64 hex digits in lower case. Some programs accept upper case, but
// then two spellings of one digest would not be equal.
func isSHA256(digest string) bool {
	hex, ok := strings.CutPrefix(digest, "sha256:")
	return ok && len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == ""
}

// isHost reports whether the first part of an image's name is a registry and not part of the path. As in all container
// tools, a registry has a dot or a port, or is localhost.
func isHost(s string) bool {
	return hostPort.MatchString(s) && (s == "localhost" || strings.ContainsAny(s, ".:"))
}

// tagOf returns the ":tag" at the end of a path; empty when there is none.
func tagOf(path string) string {
	if i := strings.LastIndexByte(path, ':'); i > strings.LastIndexByte(path, '/') {
		return path[i:]
	}
	return ""
}
