package migration

import (
	"strconv"
	"strings"
)

// A Trial is what to try, and with what: paths are those of the container it runs in.
type Trial struct {
	Program  string
	Dir      string // the migrations
	Shown    string // what findings call that folder
	Server   string // the address of a Postgres
	Like     string // the address of a database there, with the rights of a stage; may be empty
	Migrator string // the command that ships, as a fly.toml has it
	Variable string // where it finds its database
	Squawk   string // the folder with what squawk reported; may be empty
	Released string // the folder with an atlas.sum of which nothing may differ; may be empty
	Database string // the variable with the address of a database to compare: then nothing else is tried
	From     string // the version to start from; empty is each
	Applied  string
	Naming   string // what names must match; may be empty
	Rows     int
	Limits   Limits
}

// Command is the trial as a shell command.
func (t Trial) Command() string {
	command := t.Program
	for _, o := range [][2]string{
		{"-dir", t.Dir},
		{"-shown", t.Shown},
		{"-server", t.Server},
		{"-like", t.Like},
		{"-variable", t.Variable},
		{"-squawk", t.Squawk},
		{"-released", t.Released},
		{"-database", t.Database},
		{"-from", t.From},
		{"-applied", t.Applied},
		{"-naming", t.Naming},
		{"-rows", strconv.Itoa(t.Rows)},
		{"-max-lock", t.Limits.Lock},
		{"-max-blocked", t.Limits.Time.String()},
	} {
		if o[1] != "" {
			command += " " + o[0] + " " + quotedForShell(o[1])
		}
	}
	if t.Migrator == "" {
		return command
	}
	return command + " -- " + t.Migrator
}

func quotedForShell(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
