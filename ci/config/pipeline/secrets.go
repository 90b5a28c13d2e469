package pipeline

import (
	"regexp"
	"strings"

	"github.com/renewa/pipeline/ci/config/secret"
	"github.com/renewa/pipeline/ci/config/spelling"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

var validSecret = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (d *Draft) secrets(root *tomlfile.Table) {
	lines := map[string]int{}
	for _, t := range root.Tables("secret") {
		r := secret.Requirement{
			Name:     tomlfile.Or(t.String("name"), ""),
			Prefix:   tomlfile.Or(t.String("prefix"), ""),
			For:      kind(t),
			Required: tomlfile.Or(t.Bool("required"), false),
		}
		checkName(t, r)
		if line, ok := lines[r.String()]; ok && r.String() != "" {
			t.Refuse("", "%s is declared on line %d already", r, line)
		}
		lines[r.String()] = t.Line()
		d.config.Secrets = append(d.config.Secrets, r)
	}
}

func checkName(t *tomlfile.Table, r secret.Requirement) {
	key, text := "name", r.Name
	if r.Prefix != "" {
		key, text = "prefix", r.Prefix
	}
	switch {
	case r.Name != "" && r.Prefix != "":
		t.Refuse("prefix", "a secret has a name or a prefix, not both")
	case text == "" && !t.Has("name") && !t.Has("prefix"):
		t.Refuse("", "name is missing, or prefix for several secrets")
	case text == "" && (t.String("name") != nil || t.String("prefix") != nil):
		t.Refuse("", "name is empty")
	case r.Prefix != "" && r.For == secret.Build:
		t.Refuse("prefix", "a secret of the build needs its name: RUN --mount=type=secret,id=NAME reads it, and the name is an input of the image's tag")
	case text == secret.Stamp:
		t.Refuse(key, "%s is reserved: it names the environment that a set of secrets is for", secret.Stamp)
	case text != "" && !validSecret.MatchString(text):
		t.Refuse(key, "%q must be letters, digits and _, not beginning with a digit", text)
	}
}

func kind(t *tomlfile.Table) secret.Kind {
	text := RequiredText(t, "for", "which of "+kindNames()+" gets the secret")
	for _, k := range secret.Kinds() {
		if string(k) == text {
			return k
		}
	}
	if text != "" {
		t.Refuse("for", "unknown kind %q%s; the kinds are %s", text, spelling.DidYouMean(text, strings.Split(kindNames(), ", ")), kindNames())
	}
	return ""
}

func kindNames() string {
	var names []string
	for _, k := range secret.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}
