package check

import "regexp"

// noise is what an engine says of its own graph on the way to what happened: the whole recipe of a container, as
// base64, and one hash for each of its layers.
var noise = regexp.MustCompile(`(load (\w+@[A-Za-z0-9+/=]{64,}|xxh3:[0-9a-f]+): |inputs: |failed to load \w+ from converted ID: )+`)

// dead is what it says of a service that ended before it was there. What that said itself is in the call's progress.
var dead = regexp.MustCompile(`start [0-9a-z]+ \(aliased as (\S+)\): exit code: (\d+)( \[traceparent:[^\]]*\])?`)

// Cause is an engine's error without its way there.
func Cause(text string) string {
	text = noise.ReplaceAllString(text, "")
	return dead.ReplaceAllString(text, "the service $1 did not start: it ended with code $2; what it said stands above, its image in pipeline.toml")
}
