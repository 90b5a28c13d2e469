package finding

import (
	"fmt"
	"slices"
	"strings"
)

// Severity is how bad a finding is. The zero value is of what nobody rated.
type Severity int

// From the least to the worst.
const (
	Unknown Severity = iota
	Low
	Medium
	High
	Critical
)

// Severities are their names, in order.
var Severities = []string{"unknown", "low", "medium", "high", "critical"}

// ParseSeverity reads a name in any case.
func ParseSeverity(name string) (Severity, error) {
	if i := slices.Index(Severities, strings.ToLower(name)); i >= 0 {
		return Severity(i), nil
	}
	return Unknown, fmt.Errorf("%q is no severity: use %s", name, strings.Join(Severities, ", "))
}

func (s Severity) String() string { return Severities[s] }

// MarshalText is for JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is for JSON.
func (s *Severity) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSeverity(string(text))
	return err
}
