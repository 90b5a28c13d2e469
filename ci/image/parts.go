package image

import "strings"

// isSHA256 is strict on purpose: other algorithms and upper case are legal to
// some readers, and two spellings of one digest would not compare equal.
func isSHA256(digest string) bool {
	hex, ok := strings.CutPrefix(digest, "sha256:")
	return ok && len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == ""
}

// isHost tells a registry from the first part of a path, by the rule all
// container tools share: it has a dot or a port, or is localhost.
func isHost(s string) bool {
	return s == "localhost" || strings.ContainsAny(s, ".:")
}

// tagOf is the ":tag" at the end of a path, or nothing.
func tagOf(path string) string {
	if i := strings.LastIndexByte(path, ':'); i > strings.LastIndexByte(path, '/') {
		return path[i:]
	}
	return ""
}
