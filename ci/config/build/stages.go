package build

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Stages returns the names of a Dockerfile's stages, in its order. The name of a stage without one is its number.
func Stages(dockerfile string) []string {
	var names []string
	for _, line := range instructions(dockerfile) {
		words := strings.Fields(line)
		if len(words) == 0 || !strings.EqualFold(words[0], "FROM") {
			continue
		}
		name := strconv.Itoa(len(names))
		if n := len(words); n > 3 && strings.EqualFold(words[n-2], "AS") {
			name = words[n-1]
		}
		names = append(names, name)
	}
	return names
}

// escapeLine is the directive that replaces the backslash at the end of a line; it stands before every instruction.
var escapeLine = regexp.MustCompile("(?i)^#\\s*escape\\s*=\\s*([\\\\`])\\s*$")

// heredoc matches the beginning of a text that a RUN, COPY or ADD holds, up to a line with the same word.
var heredoc = regexp.MustCompile(`(?:^|\s)\d*<<(-?)["']?([^\s"'<>;|&]+)["']?`)

// instructions returns the instructions of a Dockerfile, each in one line, without comments and without the texts of
// heredocs, which may have lines that look like instructions.
func instructions(dockerfile string) []string {
	lines := strings.Split(strings.ReplaceAll(dockerfile, "\r\n", "\n"), "\n")
	escape, list, open := `\`, []string(nil), ""
	for _, line := range lines {
		match := escapeLine.FindStringSubmatch(strings.TrimSpace(line))
		if match == nil && (len(list) > 0 || !strings.HasPrefix(strings.TrimSpace(line), "#")) {
			break
		}
		if match != nil {
			escape = match[1]
		}
	}
	for i := 0; i < len(lines); i++ {
		text := strings.TrimSpace(lines[i])
		if strings.HasPrefix(text, "#") || text == "" {
			continue // also between the lines of one instruction
		}
		more, continues := strings.CutSuffix(text, escape)
		if open += more + " "; continues {
			continue
		}
		i = afterHeredocs(open, lines, i)
		list, open = append(list, strings.TrimSpace(open)), ""
	}
	if open != "" {
		list = append(list, strings.TrimSpace(open))
	}
	return list
}

// afterHeredocs returns the index of the last line of the heredocs that an instruction begins, or i without any. Words
// that look like the beginning of a heredoc and have no end are none.
func afterHeredocs(instruction string, lines []string, i int) int {
	word, _, _ := strings.Cut(instruction, " ")
	if !strings.EqualFold(word, "RUN") && !strings.EqualFold(word, "COPY") && !strings.EqualFold(word, "ADD") {
		return i
	}
	for _, match := range heredoc.FindAllStringSubmatch(instruction, -1) {
		ends := func(line string) bool {
			return line == match[2] || match[1] == "-" && strings.TrimLeft(line, "\t") == match[2]
		}
		if n := slices.IndexFunc(lines[i+1:], ends); n >= 0 {
			i += 1 + n
		}
	}
	return i
}
