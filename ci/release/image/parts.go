package image

import (
	"regexp"
	"strings"
)

// wellFormed is the distribution specification's grammar for a repository. The
// registry library is laxer: it lets "https://host/app" through as a path.
var wellFormed = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)

// hostPort is a name or an address, with or without a port.
var hostPort = regexp.MustCompile(`^([a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(:[0-9]{1,5})?$`)

// isSHA256 is strict on purpose: other algorithms and upper case are legal to
// some readers, and two spellings of one digest would not compare equal.
func isSHA256(digest string) bool {
	hex, ok := strings.CutPrefix(digest, "sha256:")
	return ok && len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == ""
}

// isHost distinguishes a registry from the first part of a path, by the rule all
// container tools share: it has a dot or a port, or is localhost.
func isHost(s string) bool {
	return hostPort.MatchString(s) && (s == "localhost" || strings.ContainsAny(s, ".:"))
}

// tagOf is the ":tag" at the end of a path, or nothing.
func tagOf(path string) string {
	if i := strings.LastIndexByte(path, ':'); i > strings.LastIndexByte(path, '/') {
		return path[i:]
	}
	return ""
}
