package finding

import (
	"fmt"
	"time"
)

// A Database is the one that vulnerabilities were looked up in.
type Database struct {
	Digest  string    `json:"digest"`
	Updated time.Time `json:"updated"`
	Sample  string    `json:"sample,omitempty"` // what it says of itself when it is not the whole
}

// Age is how old it is, in a person's words.
func (d Database) Age(now time.Time) string {
	hours := int(now.Sub(d.Updated).Hours())
	switch {
	case hours < 1:
		return "less than an hour"
	case hours < 48:
		return fmt.Sprintf("%d hours", hours)
	}
	return fmt.Sprintf("%d days", hours/24)
}

// TooOld is an error when it is older than the limit: what was found since is not in it. No limit is 0. A
// sample is never whole, however new, so its age says nothing.
func (d Database) TooOld(limit time.Duration, now time.Time) error {
	if limit == 0 || d.Sample != "" || now.Sub(d.Updated) <= limit {
		return nil
	}
	return fmt.Errorf("the vulnerability database is of %s, %s old: [scan] allows %s, so nothing was concluded from it. "+
		"Its source has no newer one: ask whether it is still being updated", d.Updated.UTC().Format(time.DateOnly), d.Age(now), limit)
}

// Told says which it is and how old.
func (d Database) Told(now time.Time) string {
	s := fmt.Sprintf("vulnerability database of %s, %s old, %.19s", d.Updated.UTC().Format("2006-01-02 15:04"), d.Age(now), d.Digest)
	if d.Sample != "" {
		s += ": a sample, which is no vulnerability database: " + d.Sample
	}
	return s
}
