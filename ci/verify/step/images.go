package step

import (
	"slices"
	"strings"
)

// Images are the images that a Dockerfile names, in order: in FROM, or to copy or mount files from. A name made of
// build arguments is returned as it is written; stages of the file itself and `scratch` are left out.
func Images(dockerfile string) []string {
	stages := []string{"scratch"}
	var bases []string
	use := func(name string) {
		number := strings.Trim(name, "0123456789") == "" // a stage by its number
		if name != "" && !number && !slices.Contains(stages, strings.ToLower(name)) && !slices.Contains(bases, name) {
			bases = append(bases, name)
		}
	}
	for line := range strings.Lines(dockerfile) {
		words := slices.DeleteFunc(strings.Fields(line), func(w string) bool { return strings.HasPrefix(w, "--platform=") })
		switch {
		case len(words) == 0 || strings.HasPrefix(words[0], "#"):
		case strings.EqualFold(words[0], "FROM") && len(words) > 1:
			use(words[1])
			if len(words) > 3 && strings.EqualFold(words[2], "AS") {
				stages = append(stages, strings.ToLower(words[3]))
			}
		default:
			for _, w := range words {
				use(from(w))
			}
		}
	}
	return bases
}

// from is the image or stage of `COPY --from=` or `RUN --mount=…,from=`.
func from(word string) string {
	if name, ok := strings.CutPrefix(word, "--from="); ok {
		return name
	}
	if mount, ok := strings.CutPrefix(word, "--mount="); ok {
		for option := range strings.SplitSeq(mount, ",") {
			if name, ok := strings.CutPrefix(option, "from="); ok {
				return name
			}
		}
	}
	return ""
}
