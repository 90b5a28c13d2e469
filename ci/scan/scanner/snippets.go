package scanner

import (
	"fmt"
	"io/fs"
)

// readSnippets reads the lines of every match: Semgrep's JSON has them only for users who are logged in.
func readSnippets(results fs.FS) (map[string]string, error) {
	var log struct {
		Version string
		Runs    []struct {
			Results []struct {
				RuleID    string `json:"ruleId"`
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct {
							StartLine, StartColumn int
							Snippet                struct{ Text string }
						}
					}
				}
			}
		}
	}
	if err := decode(results, semgrepSnippets, &log); err != nil {
		return nil, err
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 {
		return nil, fmt.Errorf("%s: %w", semgrepSnippets, errVersion)
	}
	snippets := map[string]string{}
	for _, r := range log.Runs[0].Results {
		for _, l := range r.Locations {
			m := match{CheckID: r.RuleID, Path: l.PhysicalLocation.ArtifactLocation.URI}
			m.Start.Line, m.Start.Col = l.PhysicalLocation.Region.StartLine, l.PhysicalLocation.Region.StartColumn
			snippets[m.key()] = l.PhysicalLocation.Region.Snippet.Text
		}
	}
	return snippets, nil
}
