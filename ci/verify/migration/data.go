package migration

import (
	"regexp"
	"strings"
)

var (
	moves = regexp.MustCompile(`(?is)\bINSERT\s+INTO\b.*\bSELECT\b.*\bFROM\b|\bDELETE\s+FROM\b|\bMERGE\s+INTO\b|` +
		`\bUPDATE\s+(ONLY\s+)?[\w."]+(\s*\*)?(\s+(AS\s+)?[\w"]+)?\s+SET\b`)
	define   = regexp.MustCompile(`(?is)^\s*CREATE\s+(OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE|RULE|TRIGGER)\b`)
	comments = regexp.MustCompile(`(?s)--[^\n]*|/\*.*?\*/`)
	texts    = regexp.MustCompile(`'(?:[^']|'')*'`)
)

// MovesData says whether a statement writes what it makes of rows that exist. New rows of given values move nothing,
// and what a function will do when it is called, no migration does.
func MovesData(statement string) bool {
	s := comments.ReplaceAllString(statement, " ")
	s = texts.ReplaceAllString(s, "''")
	return !define.MatchString(s) && moves.MatchString(strings.TrimSpace(s))
}
