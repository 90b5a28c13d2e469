package scanner

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/aquasecurity/trivy/pkg/types"

	"github.com/renewa/pipeline/ci/scan/finding"
	"github.com/renewa/pipeline/ci/verify/step"
)

// A Lookup is what a scan for vulnerabilities needs beside its files.
type Lookup struct {
	Digest  string // of the database
	Sample  string
	Denied  []string // patterns of licences that no package may have
	Timeout time.Duration
}

// Paths below the folder that Trivy runs in.
const (
	ImageFile       = "image.tar"
	LockfilesFolder = "lockfiles"
	ConfigFolder    = "config"
	FlyFolder       = "fly"
)

// CacheFolder is Trivy's, with the database.
const CacheFolder = "/trivy"

// Bills are the image's bills of materials among the results of TrivyImage.
var Bills = []string{"image.cdx.json", "image.spdx.json"}

const (
	offline = " --quiet --skip-db-update --offline-scan --skip-version-check --format json --output "
	// metadata has the database's date: its age is computed whenever a report is made.
	metadata = "cp " + CacheFolder + "/db/metadata.json database.json"
)

// TrivyImage looks up the packages of the image, of its distribution and of every language, and writes bills of
// materials.
func TrivyImage(dockerfile string, look Lookup) Scanner {
	return look.scanner(step.TrivyImageStep, trivyReader{
		report: "image.json",
		denied: look.Denied,
		place: func(r types.Result) finding.Place {
			if r.Class == types.ClassOSPkg || r.Class == types.ClassLicense {
				return finding.Place{Path: dockerfile, In: finding.InImage}
			}
			return finding.Place{Path: dockerfile, In: finding.InImage + " at /" + strings.TrimPrefix(r.Target, "/")}
		},
	}, []string{
		"trivy image --input " + ImageFile + " --scanners vuln,license --list-all-pkgs" + offline + "image.json",
		"trivy convert --quiet --format cyclonedx --output " + Bills[0] + " image.json",
		"trivy convert --quiet --format spdx-json --output " + Bills[1] + " image.json",
	}, Bills)
}

// TrivyLockfiles looks up the packages of lockfiles, also those of tests and builds.
func TrivyLockfiles(context string, look Lookup) Scanner {
	return look.scanner(step.TrivyLockfilesStep, trivyReader{
		report: "lockfiles.json",
		denied: look.Denied,
		place:  func(r types.Result) finding.Place { return finding.Place{Path: path.Join(context, r.Target)} },
	}, []string{"trivy fs --scanners vuln,license --include-dev-deps --list-all-pkgs" + offline + "lockfiles.json " + LockfilesFolder}, nil)
}

// Download is the command that downloads a database by its digest into CacheFolder.
func Download(ref, digest string) string {
	name, _, _ := strings.Cut(ref, ":")
	host, repository, _ := strings.Cut(name, "/")
	return fmt.Sprintf(`trivy image --download-db-only --no-progress ${%s:+--insecure} --db-repository "${%s:-%s}/%s@%s"`,
		ServerVariable, ServerVariable, host, repository, digest)
}

func (look Lookup) scanner(name string, r trivyReader, run, more []string) Scanner {
	return Scanner{
		Check: step.Check{
			Name: name, Own: "trivy", Run: append(run, metadata), Timeout: look.Timeout,
			Reports: append([]string{r.report, "database.json"}, more...),
		},
		Read: func(results fs.FS) (found Found, err error) {
			if found.Tool, found.Findings, err = r.read(results); err == nil {
				found.Database, err = look.database(results)
			}
			return found, err
		},
	}
}

func (look Lookup) database(results fs.FS) (*finding.Database, error) {
	var metadata struct {
		Version   int
		UpdatedAt time.Time
	}
	if err := decode(results, "database.json", &metadata); err != nil {
		return nil, err
	}
	if metadata.Version != 2 || metadata.UpdatedAt.IsZero() {
		return nil, fmt.Errorf("the vulnerability database has no date: %w", errVersion)
	}
	return &finding.Database{Digest: look.Digest, Updated: metadata.UpdatedAt, Sample: look.Sample}, nil
}
