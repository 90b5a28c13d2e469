package scanner

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"

	"github.com/renewa/pipeline/ci/config/tomlfile"
	"github.com/renewa/pipeline/ci/scan/finding"
)

// fly scans every fly.toml below a folder, under the path that it has in the repository.
func fly(folder fs.FS) (list []finding.Finding, err error) {
	err = fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		f, err := tomlfile.Read(name, text)
		if err != nil {
			return err
		}
		c := &flyConfig{file: name}
		c.env(f.Root().Table("env"))
		if http := f.Root().Table("http_service"); http != nil {
			c.http(http)
		}
		for _, s := range f.Root().Tables("services") {
			c.service(s)
		}
		list = append(list, c.found...)
		return nil
	})
	return list, err
}

type flyConfig struct {
	file  string
	found []finding.Finding
}

func (c *flyConfig) add(line int, f finding.Finding) {
	f.Kind, f.Tools, f.Places = finding.Misconfiguration, []string{"fly-config"}, []finding.Place{{Path: c.file, Line: line}}
	f.Anchor = f.Title // a new title would make a new fingerprint
	c.found = append(c.found, f)
}

// secretName matches names of variables that hold secrets. A variable with the path or address of a secret has another
// ending, such as TOKEN_FILE.
var secretName = regexp.MustCompile(`(?i)(secret|password|passwd|token|private_?key|api_?key|credentials?)$`)

func (c *flyConfig) env(t *tomlfile.Table) {
	for _, name := range t.Keys() {
		if value := t.String(name); value != nil && *value != "" && secretName.MatchString(name) {
			c.add(t.LineOf(name), finding.Finding{
				Rule: "fly-secret-in-env", Severity: finding.Critical, Title: name + " stands in [env], where everybody reads it",
				Why: "A fly.toml is in the repository and in every machine's configuration.",
				Fix: "Remove it, issue a new one, and declare it as a [[secret]] in pipeline.toml.",
			})
		}
	}
}

func (c *flyConfig) http(t *tomlfile.Table) {
	if !tomlfile.Or(t.Bool("force_https"), false) {
		c.plain(t.LineOf("force_https"))
	}
	c.checked(t, "checks")
}

func (c *flyConfig) plain(line int) {
	c.add(line, finding.Finding{
		Rule: "fly-plain-http", Severity: finding.High, Title: "requests may come without TLS",
		Why: "Cookies and passwords of a request to http:// can be read on their way to Fly.",
		Fix: "Set force_https = true: Fly redirects such requests.",
	})
}

func (c *flyConfig) checked(t *tomlfile.Table, keys ...string) {
	if slices.ContainsFunc(keys, t.Has) {
		return
	}
	c.add(t.Line(), finding.Finding{
		Rule: "fly-no-health-check", Severity: finding.Medium, Title: "the service has no health check",
		Why: "A machine that does not answer is still sent requests, and a deploy does not notice that the machine fails.",
		Fix: "Add [[http_service.checks]], or [[services.http_checks]], with a path that answers when the app works.",
	})
}

// databases are ports of servers that should not be reached from the internet.
var databases = []int{1433, 3306, 5432, 6379, 9200, 11211, 27017}

func (c *flyConfig) service(t *tomlfile.Table) {
	inside := tomlfile.Or(t.Int("internal_port"), 0)
	for _, port := range t.Tables("ports") {
		handlers := port.Strings("handlers")
		if slices.Contains(handlers, "http") && !tomlfile.Or(port.Bool("force_https"), false) {
			c.plain(port.Line())
		}
		if slices.Contains(databases, inside) && !slices.Contains(handlers, "http") {
			c.add(port.Line(), finding.Finding{
				Rule: "fly-public-database", Severity: finding.High, Title: fmt.Sprintf("port %d, which is that of a database, is open to the internet", inside),
				Why: "Anybody can try passwords on it.",
				Fix: "Remove the service: apps of the same organization reach the database by its .internal name.",
			})
		}
	}
	if len(t.Tables("ports")) > 0 {
		c.checked(t, "tcp_checks", "http_checks", "checks")
	}
}
