package step

import "regexp"

// noise is what the engine puts before the cause of an error: the recipe of a container in base64, and a hash for
// each of its layers.
var noise = regexp.MustCompile(`(load (\w+@[A-Za-z0-9+/=]{64,}|xxh3:[0-9a-f]+): |inputs: |failed to load \w+ from converted ID: )+`)

// ended is the engine's error for a service that ended before it was ready. The service's output is in the
// progress of the call.
var ended = regexp.MustCompile(`start [0-9a-z]+ \(aliased as (\S+)\): exit code: (\d+)( \[traceparent:[^\]]*\])?`)

// Cause returns the text of an engine's error from its cause on.
func Cause(text string) string {
	text = noise.ReplaceAllString(text, "")
	return ended.ReplaceAllString(text, "the service $1 did not start: it ended with code $2; its output is above, its image in pipeline.toml")
}
