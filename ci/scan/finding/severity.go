package finding

import (
	"fmt"
	"slices"
	"strings"

	"github.com/renewa/pipeline/ci/scan"
)

// Severity is the rating of a finding: an index of scan.Severities.
type Severity int

// From the least to the most severe.
const (
	Unknown Severity = iota
	Low
	Medium
	High
	Critical
)

// ParseSeverity reads a name in any case.
func ParseSeverity(name string) (Severity, error) {
	if i := slices.Index(scan.Severities, strings.ToLower(name)); i >= 0 {
		return Severity(i), nil
	}
	return Unknown, fmt.Errorf("unknown severity %q: use %s", name, strings.Join(scan.Severities, ", "))
}

func (s Severity) String() string { return scan.Severities[s] }

// MarshalText is for JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is for JSON.
func (s *Severity) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSeverity(string(text))
	return err
}
