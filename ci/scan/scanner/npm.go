package scanner

import (
	"encoding/json"
	"fmt"
	"io/fs"

	"github.com/renewa/pipeline/ci/scan/finding"
)

type npmJSON struct {
	Version  int             `json:"auditReportVersion"`
	Message  string          // of an endpoint that did not answer
	Error    json.RawMessage // of npm itself
	Packages map[string]struct {
		Via []json.RawMessage // advisories, or names of packages that bring them in
	} `json:"vulnerabilities"`
}

func readNPM(results fs.FS, report, lockfile string) (list []finding.Finding, err error) {
	var audit npmJSON
	if err := decode(results, report, &audit); err != nil {
		return nil, err
	}
	switch {
	case audit.Error != nil:
		return nil, fmt.Errorf("the registry's advisories could not be asked: %s %.300s", audit.Message, audit.Error)
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
