package draft

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A reading is a place where a variable is named.
type reading struct {
	at       string // file:line
	required bool   // it has the name of a secret, and the source has no value for an absent variable
}

// readings has the first place of each name, or the first that requires it.
type readings map[string]reading

const variable = `([A-Z_][A-Z0-9_]*)`

// reads has the expressions that read a variable, by the extensions of the sources that use them.
var reads = map[string][]*regexp.Regexp{
	"js":  {regexp.MustCompile(`\b(?:process|Bun)\.env\.` + variable), regexp.MustCompile(`\b(?:process|Bun)\.env\[["']` + variable + `["']\]`)},
	"go":  {regexp.MustCompile(`\bos\.(?:Getenv|LookupEnv)\("` + variable + `"\)`)},
	"py":  {regexp.MustCompile(`\bos\.environ\[["']` + variable + `["']\]`), regexp.MustCompile(`\bos\.(?:environ\.get|getenv)\(["']` + variable + `["']`)},
	"rb":  {regexp.MustCompile(`\bENV(?:\.fetch\(|\[)["']` + variable + `["']`)},
	"ex":  {regexp.MustCompile(`\bSystem\.(?:get_env|fetch_env!?)\("` + variable + `"`)},
	"php": {regexp.MustCompile(`\b(?:env|getenv)\(["']` + variable + `["']`)},
	"rs":  {regexp.MustCompile(`\benv::var\("` + variable + `"\)`)},
	"jvm": {regexp.MustCompile(`\bSystem\.getenv\("` + variable + `"\)`)},

	"prisma": {regexp.MustCompile(`\benv\("` + variable + `"\)`)},
}

// languages has the extensions of sources with the key of reads.
var languages = map[string]string{
	".js": "js", ".mjs": "js", ".cjs": "js", ".ts": "js", ".mts": "js", ".tsx": "js", ".jsx": "js",
	".go": "go", ".py": "py", ".rb": "rb", ".ex": "ex", ".exs": "ex", ".php": "php", ".rs": "rs", ".java": "jvm", ".kt": "jvm", ".prisma": "prisma",
}

var (
	// optional matches the reads that are no error for an absent variable.
	optional = regexp.MustCompile(`LookupEnv|\bget\w*\(|\.get\(|\bget_env|ENV\[|\benv\(|env::var`)
	// hasDefault matches what follows a read that has a value for an absent variable, or that only tests for one.
	hasDefault = regexp.MustCompile(`^\s*\]?\)?\s*(?:\?\?|\|\||\?|,|;\s*\w+ !=|[!=]==?|or\b)`)
	// tested matches what stands before a read that only tests whether the variable exists.
	tested = regexp.MustCompile(`(?:if\s*\(?|!|=\s*!|while\s*\()\s*$`)
	// secretive matches names whose values are usually secret.
	secretive = regexp.MustCompile(`KEY|SECRET|TOKEN|PASS|CREDENTIAL|PRIVATE|DSN|AUTH|(?:DATABASE|REDIS|MONGO|POSTGRES|AMQP|DB)\w*_UR[IL]`)
	// ofPlatform matches names that Fly, a runtime or a build sets.
	ofPlatform = regexp.MustCompile(`^(?:FLY_.*|PRIMARY_REGION|NODE_ENV|NODE_.*|PORT|HOST|HOSTNAME|HOME|PATH|PWD|USER|SHELL|TMPDIR|TEMP|TZ|LANG|CI|DEBUG|LOG_LEVEL|npm_.*|VITE_.*|NEXT_.*|REACT_APP_.*|NUXT_.*|PUBLIC_.*|EXPO_.*|GITHUB_.*|VERCEL.*|RAILS_ENV|MIX_ENV|GO_ENV|ENV|ENVIRONMENT|APP_ENV|VERSION|PHX_.*)$`)
	// ofTests matches sources that are not deployed.
	ofTests    = regexp.MustCompile(`(?i)(?:^|/)(?:tests?|__tests__|specs?|e2e|docs|examples?|scripts|fixtures|mocks?)/|[._](?:test|spec|config|setup|stories)\.\w+$|(?:^|/)test_\w+\.py$`)
	workflow   = regexp.MustCompile(`\bsecrets\.` + variable)
	assignment = regexp.MustCompile(`(?m)^\s*(?:export\s+)?` + variable + `=`)
)

// secrets writes the token of the pipeline, and a [[secret]] for each name that the sources, the example of a .env or a
// workflow name. Values are never read.
func (r repository) secrets(t *text, all environments) {
	t.line("\n# Who gets which secret: pipeline (never sent), release (the release command) or app. What is not declared is never sent.")
	writeSecret(t, "FLY_API_TOKEN", "pipeline", false)
	found := readings{}
	r.fromSources(found)
	r.fromExamples(found)
	r.fromWorkflows(found)
	set := all.variables()
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if set[name] || ofPlatform.MatchString(name) || name == "FLY_API_TOKEN" || name == "PIPELINE_STAGE" {
			continue
		}
		t.line("")
		if f := found[name]; f.required {
			t.guess("%s reads it without a default; remove required when the app starts without it, or set it in [env] when it is no secret", f.at)
		} else {
			t.guess("%s names it; add required = true when the app needs it, or remove it when the app does not read it", f.at)
		}
		writeSecret(t, name, "app", found[name].required)
	}
}

func writeSecret(t *text, name, kind string, required bool) {
	t.line("[[secret]]")
	t.set("name", name)
	t.set("for", kind)
	if required {
		t.line("required = true")
	}
}

// fromSources adds the variables that sources read.
func (r repository) fromSources(found readings) {
	for _, file := range r.sorted() {
		language := languages[path.Ext(file)]
		if language == "" || ofTests.MatchString(file) {
			continue
		}
		text := r.read(file)
		for _, expression := range reads[language] {
			for _, m := range expression.FindAllStringSubmatchIndex(text, -1) {
				needed := language == "prisma" || isNeeded(text[max(0, m[0]-40):m[0]], text[m[0]:m[1]], text[m[1]:])
				found.source(file, text, m[2], m[3], needed)
			}
		}
		if language == "js" {
			for _, m := range destructured.FindAllStringSubmatchIndex(text, -1) {
				for _, n := range oneOfMany.FindAllStringSubmatchIndex(text[m[2]:m[3]], -1) {
					found.source(file, text, m[2]+n[2], m[2]+n[3], n[4] == n[5])
				}
			}
		}
	}
}

var (
	destructured = regexp.MustCompile(`\{([^{}]*)\}\s*=\s*(?:process|Bun)\.env\b`)
	oneOfMany    = regexp.MustCompile(variable + `(?:\s*:\s*\w+)?\s*(=?)[^,]*`)
)

// isNeeded reports whether a source has no value for an absent variable, given the text before a read, the read, and the
// text after it.
func isNeeded(before, read, after string) bool {
	return !optional.MatchString(read) && !hasDefault.MatchString(after) && !tested.MatchString(before)
}

// source adds a variable whose name is at text[from:to], unless it is optional and its name is not that of a secret.
func (found readings) source(file, text string, from, to int, needed bool) {
	name := text[from:to]
	isSecret := secretive.MatchString(name)
	if needed || isSecret {
		found.add(name, reading{fmt.Sprintf("%s:%d", file, 1+strings.Count(text[:from], "\n")), needed && isSecret})
	}
}

// fromExamples adds the names of secrets in examples of a .env.
func (r repository) fromExamples(found readings) {
	for _, file := range r.sorted() {
		if b := path.Base(file); b != Example && b != ".env.sample" {
			continue
		}
		text := r.read(file)
		for _, m := range assignment.FindAllStringSubmatch(text, -1) {
			if secretive.MatchString(m[1]) && !strings.HasPrefix(m[1], "PIPELINE_") {
				found.add(m[1], reading{at: fmt.Sprintf("%s:%d", file, lineOf(text, m[1]+"="))})
			}
		}
	}
}

// fromWorkflows adds the secrets that workflows name.
func (r repository) fromWorkflows(found readings) {
	for _, file := range r.workflows() {
		text := r.read(file)
		for _, m := range workflow.FindAllStringSubmatch(text, -1) {
			if !strings.HasPrefix(m[1], "FLY_") {
				found.add(m[1], reading{at: fmt.Sprintf("%s:%d", file, lineOf(text, m[0]))})
			}
		}
	}
}

// add keeps the first place of a name, or the first that requires it.
func (found readings) add(name string, r reading) {
	if before, ok := found[name]; !ok || r.required && !before.required {
		found[name] = r
	}
}
