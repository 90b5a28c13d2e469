package pipeline

import (
	"regexp"
	"strings"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// previewName is no name of an environment, because the stamp in the secrets of all previews has it.
const previewName = "preview"

var validStage = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func (d *Draft) stages(root *tomlfile.Table) {
	tables := root.Tables("stage")
	if len(tables) == 0 && !root.Has("stage") && !root.Contains("environment") {
		root.Refuse("", "[[stage]] is missing: add one for each environment")
	}
	for i, t := range tables {
		s := stageOf(t)
		s.Name = RequiredText(t, "name", "the name of the environment")
		s.First = i == 0
		if i > 0 {
			s.Before = d.config.Stages[i-1].Name
		}
		d.checkStage(t, s)
		d.config.Stages = append(d.config.Stages, s)
		d.counts[s.Name] = counts(t)
		d.at[s.Name] = t
	}
}

func (d *Draft) checkStage(t *tomlfile.Table, s Stage) {
	switch {
	case s.Name == "":
	case s.Name == previewName || strings.HasPrefix(s.Name, "pr-"):
		t.Refuse("name", "%q is reserved for previews: configure them in [preview]", s.Name)
	case !validStage.MatchString(s.Name):
		t.Refuse("name", "%q must be lower-case letters, digits and -, a letter first", s.Name)
	}
	for _, other := range d.config.Stages {
		at := d.at[other.Name].Line()
		if s.Name != "" && s.Name == other.Name {
			t.Refuse("name", "environment %q is already on line %d: choose another name", s.Name, at)
		}
		if s.Config != "" && s.Config == other.Config {
			t.Refuse("config", "environment %[2]q on line %[3]d already uses %[1]s, so both would be one app: name another file", s.Config, other.Name, at)
		}
		if s.Database != nil && other.Database != nil && s.Database.sameAs(*other.Database) {
			t.Refuse("database", "environment %q on line %d already uses this database, so both would share their data: name another database", other.Name, at)
		}
	}
}

func (d *Draft) preview(root *tomlfile.Table) {
	t := root.Table(previewName)
	if t == nil {
		return
	}
	s := stageOf(t)
	s.Name = previewName
	d.at[s.Name] = t
	d.counts[s.Name] = counts(t)
	for _, other := range d.config.Stages {
		if s.Config != "" && s.Config == other.Config {
			t.Refuse("config", "environment %[2]q already uses %[1]s, so a preview would replace its app: name another file", s.Config, other.Name)
		}
		if s.Database != nil && other.Database != nil && s.Database.sameAs(*other.Database) {
			t.Refuse("database", "environment %q already uses this database: choose another name, to which each preview adds its number", other.Name)
		}
	}
	d.config.preview = &s
}

// stageOf reads the keys that [[stage]] and [preview] have in common.
func stageOf(t *tomlfile.Table) Stage {
	t.Rename("organization", "org")
	t.Rename("organisation", "org")
	s := Stage{
		Config:   RequiredText(t, "config", "its fly.toml"),
		Org:      RequiredText(t, "org", "the Fly organization its app belongs to"),
		Database: database(t.Table("database")),
	}
	if s.Machines = 1; !hasCounts(t) {
		s.Machines = tomlfile.Or(t.Int("machines"), 1)
	}
	if s.Machines < 1 {
		t.Refuse("machines", "must be at least 1")
	}
	if s.Config != "" {
		s.Config = Folder(t, "config", "")
	}
	return s
}

func database(t *tomlfile.Table) *Database {
	if t == nil {
		return nil
	}
	return &Database{
		App:   RequiredText(t, "app", "the Fly app it runs in"),
		Name:  RequiredText(t, "name", "the database's name"),
		Owner: RequiredText(t, "owner", "the role that migrates"),
		User:  RequiredText(t, "user", "the role the app uses"),
		Image: RequiredText(t, "image", "the Postgres image, as in postgres:17"),
	}
}

func (d Database) sameAs(e Database) bool { return d.App == e.App && d.Name == e.Name }

// Configs returns the paths of all fly.toml files, with the previews' template last.
func (f Config) Configs() []string {
	var files []string
	for _, s := range f.withPreview() {
		files = append(files, s.Config)
	}
	return files
}
