package sarif

import "github.com/renewa/pipeline/ci/scan/finding"

func level(s finding.Severity) string {
	switch {
	case s >= finding.High:
		return "error"
	case s == finding.Medium:
		return "warning"
	}
	return "note"
}

// bands are where GitHub draws its lines between the severities of a score, and what stands for each.
var bands = map[finding.Severity]struct{ from, to, typical float64 }{
	finding.Unknown:  {0, 0, 0.1}, // 0 would be no security finding at all
	finding.Low:      {0.1, 3.9, 2.5},
	finding.Medium:   {4, 6.9, 5.5},
	finding.High:     {7, 8.9, 8},
	finding.Critical: {9, 10, 9.5},
}

// score is the CVSS of a finding, unless whoever rated it for its distribution says otherwise: GitHub would
// then show another severity than the report.
func score(f finding.Finding) float64 {
	band := bands[f.Severity]
	if f.Score >= band.from && f.Score <= band.to && f.Score > 0 {
		return f.Score
	}
	return band.typical
}
