package finding

import (
	"fmt"
	"time"
)

// A Database is the vulnerability database of a scan.
type Database struct {
	Digest  string    `json:"digest"`
	Updated time.Time `json:"updated"`
	Sample  string    `json:"sample,omitempty"` // its own description, when it is a test sample and not the whole
}

// Age is the database's age in words.
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

// TooOld is an error when the database is older than the limit, where 0 is no limit: newer vulnerabilities are missing.
// The age of a sample does not matter.
func (d Database) TooOld(limit time.Duration, now time.Time) error {
	if limit == 0 || d.Sample != "" || now.Sub(d.Updated) <= limit {
		return nil
	}
	return fmt.Errorf("the vulnerability database is from %s, %s old: [scan] allows %s, so the scan does not count. "+
		"Its registry has no newer one: find out whether the registry still updates it", d.Updated.UTC().Format(time.DateOnly), d.Age(now), limit)
}

// Describe is the database's date, age and digest. A sample is described as one.
func (d Database) Describe(now time.Time) string {
	if d.Sample != "" {
		return fmt.Sprintf("only a test sample of %s: this is NOT a real scan", d.Sample)
	}
	return fmt.Sprintf("vulnerability database of %s, %s old, %.19s", d.Updated.UTC().Format("2006-01-02 15:04"), d.Age(now), d.Digest)
}
