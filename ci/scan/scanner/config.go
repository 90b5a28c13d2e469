package scanner

import (
	"io/fs"
	"time"

	"github.com/aquasecurity/trivy/pkg/types"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/verify/step"
)

// TrivyConfig scans the Dockerfile by the checks inside Trivy, and the fly.toml files by checks of this package: Trivy
// reads no TOML.
func TrivyConfig(dockerfile string, timeout time.Duration) Scanner {
	r := trivyReader{report: "config.json", place: func(types.Result) finding.Place { return finding.Place{Path: dockerfile} }}
	return Scanner{
		Check: step.Check{
			Name: step.TrivyConfigStep, Own: "trivy",
			Run: []string{
				"trivy config --quiet --skip-check-update --skip-version-check --format json --output config.json " + ConfigFolder,
				"cp -r " + ConfigFolder + "/" + FlyFolder + " " + FlyFolder,
			},
			Timeout: timeout,
			Reports: []string{"config.json", FlyFolder},
		},
		Read: func(results fs.FS) (found Found, err error) {
			if found.Tool, found.Findings, err = r.read(results); err != nil {
				return found, err
			}
			folder, err := fs.Sub(results, FlyFolder)
			if err != nil {
				return found, err
			}
			list, err := fly(folder)
			found.Findings = append(found.Findings, list...)
			return found, err
		},
	}
}
