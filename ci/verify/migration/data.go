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

// MovesData reports whether a statement changes or deletes existing rows, or inserts rows computed from them. An INSERT of
// constant values moves no data, and neither does the definition of a function.
func MovesData(statement string) bool {
	s := comments.ReplaceAllString(statement, " ")
	s = texts.ReplaceAllString(s, "''")
	return !define.MatchString(s) && moves.MatchString(strings.TrimSpace(s))
}
