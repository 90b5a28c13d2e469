package check

import "regexp"

// noise is what an engine says of its own graph on the way to what happened: the whole recipe of a container, as
// base64, and one hash for each of its layers.
var noise = regexp.MustCompile(`(load (\w+@[A-Za-z0-9+/=]{64,}|xxh3:[0-9a-f]+): |inputs: |failed to load \w+ from converted ID: )+`)

// Cause is an engine's error without its way there.
func Cause(text string) string { return noise.ReplaceAllString(text, "") }
