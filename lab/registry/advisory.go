package main

import (
	"hash/crc32"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	cvss30 "github.com/pandatix/go-cvss/30"
	cvss31 "github.com/pandatix/go-cvss/31"
)

// advisory has the fields of a GitHub advisory that an answer needs.
type advisory struct {
	ID       string
	Summary  string
	Severity []struct{ Score string }
	Affected []struct {
		Package struct{ Ecosystem, Name string }
		Ranges  []struct{ Events []event }
	}
	Of struct {
		CWE      []string `json:"cwe_ids"`
		Severity string
	} `json:"database_specific"`
}

type event struct{ Introduced, Fixed string }

// span is a range of versions, from included and to excluded; either may be empty, which means no bound.
type span struct{ from, to string }

type spans []span

// of returns the vulnerable versions of an npm package.
func (a advisory) of(name string) spans {
	var all spans
	for _, affected := range a.Affected {
		if affected.Package.Ecosystem != "npm" || affected.Package.Name != name {
			continue
		}
		for _, r := range affected.Ranges {
			all = append(all, ranges(r.Events)...)
		}
	}
	return all
}

// ranges turns events into spans: each introduction lasts until the next fix.
func ranges(events []event) spans {
	var all spans
	for _, e := range events {
		if e.Introduced != "" {
			all = append(all, span{from: e.Introduced})
		} else if e.Fixed != "" && len(all) > 0 {
			all[len(all)-1].to = e.Fixed
		}
	}
	return all
}

// hold reports whether one of the versions is vulnerable. A text that is no version, such as a folder, is not.
func (s spans) hold(versions []string) bool {
	return slices.ContainsFunc(versions, func(text string) bool {
		version, err := semver.StrictNewVersion(text)
		return err == nil && slices.ContainsFunc(s, func(one span) bool { return one.holds(version) })
	})
}

func (s span) holds(version *semver.Version) bool {
	return !version.LessThan(bound(s.from)) && (s.to == "" || version.LessThan(bound(s.to)))
}

// bound parses one end of a span. The beginning of all versions, which advisories write as 0, lies before every pre-release.
// An end that is no version aborts the request: no answer is better than one without the finding.
func bound(text string) *semver.Version {
	if text == "0" {
		return semver.MustParse("0.0.0-0")
	}
	return semver.MustParse(text)
}

func (s spans) String() string {
	parts := make([]string, len(s))
	for i, one := range s {
		var ends []string
		if one.from != "0" {
			ends = append(ends, ">="+one.from)
		}
		if one.to != "" {
			ends = append(ends, "<"+one.to)
		}
		parts[i] = strings.Join(ends, " ")
		if len(ends) == 0 {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, " || ")
}

// finding is one advisory in the form of npm's registry.
type finding struct {
	ID       uint32   `json:"id"`
	URL      string   `json:"url"`
	Title    string   `json:"title"`
	Severity string   `json:"severity"`
	Versions string   `json:"vulnerable_versions"`
	CWE      []string `json:"cwe"`
	CVSS     score    `json:"cvss"`
}

type score struct {
	Score  float64 `json:"score"`
	Vector *string `json:"vectorString"`
}

// finding converts an advisory. Its number is a hash of the advisory's name: npm's own numbers are not in the advisories.
func (a advisory) finding(versions spans) finding {
	return finding{
		ID:       crc32.ChecksumIEEE([]byte(a.ID)),
		URL:      "https://github.com/advisories/" + a.ID,
		Title:    a.Summary,
		Severity: strings.ToLower(a.Of.Severity),
		Versions: versions.String(),
		CWE:      a.Of.CWE,
		CVSS:     a.score(),
	}
}

func (a advisory) score() score {
	for _, severity := range a.Severity {
		if vector, err := cvss31.ParseVector(severity.Score); err == nil {
			return score{vector.BaseScore(), &severity.Score}
		}
		if vector, err := cvss30.ParseVector(severity.Score); err == nil {
			return score{vector.BaseScore(), &severity.Score}
		}
	}
	return score{}
}
