package finding

// level is one of SARIF's.
func (s Severity) level() string {
	switch {
	case s >= High:
		return "error"
	case s == Medium:
		return "warning"
	}
	return "note"
}

// bands are the scores that GitHub shows as each severity, and one score for findings without their own.
var bands = map[Severity]struct{ from, to, typical float64 }{
	Unknown:  {0, 0, 0.1}, // with 0, GitHub shows no security finding
	Low:      {0.1, 3.9, 2.5},
	Medium:   {4, 6.9, 5.5},
	High:     {7, 8.9, 8},
	Critical: {9, 10, 9.5},
}

// score is the finding's CVSS score, unless GitHub would show another severity for it than the report: a distribution
// may rate a vulnerability lower than its score.
func (f Finding) score() float64 {
	band := bands[f.Severity]
	if f.Score >= band.from && f.Score <= band.to && f.Score > 0 {
		return f.Score
	}
	return band.typical
}
