package scanner

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/renewa/pipeline/ci/scan/finding"
)

type npmJSON struct {
	Version  int             `json:"auditReportVersion"`
	Message  string          // when the endpoint did not answer
	Error    json.RawMessage // of npm
	Packages map[string]struct {
		Via []json.RawMessage // advisories, or names of packages that depend on an affected one
	} `json:"vulnerabilities"`
}

func readNPM(results fs.FS, report, lockfile string) (list []finding.Finding, err error) {
	var audit npmJSON
	if err := decode(results, report, &audit); err != nil {
		return nil, err
	}
	switch {
	case audit.Error != nil:
		return nil, fmt.Errorf("the registry did not answer with advisories: %s %.300s", audit.Message, audit.Error)
	case audit.Version != 2 || audit.Packages == nil:
		return nil, errVersion
	}
	for _, p := range audit.Packages {
		for _, via := range p.Via {
			if len(via) > 0 && via[0] == '"' {
				continue
			}
			var a advisory
			if err := json.Unmarshal(via, &a); err != nil {
				return nil, fmt.Errorf("its report %s is broken: %w", report, err)
			}
			f, err := a.finding(a.Name, lockfile)
			if err != nil {
				return nil, err
			}
			list = append(list, f)
		}
	}
	return list, nil
}
