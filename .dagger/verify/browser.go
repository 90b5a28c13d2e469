package verify

import (
	"path"

	"dagger/pipeline/container"
	"dagger/pipeline/internal/dagger"

	"github.com/renewa/pipeline/ci/verify/trial"
)

// browser returns a browser with the suite. What the suite needs is installed from its lockfile alone, so that an
// edit of a journey installs nothing.
func (v Verifier) browser() *dagger.Container {
	const at = "/src"
	files := v.Files.Directory(path.Join(v.App.Context, v.EndToEnd.Dir))
	lock := files.Filter(dagger.DirectoryFilterOpts{Include: []string{"package.json", "package-lock.json"}})
	return container.From(container.Node).
		WithUser("root").
		WithExec([]string{"sh", "-c", chromium}).
		WithWorkdir(at).
		WithDirectory(at, lock).
		WithMountedCache("/root/.npm", dag.CacheVolume("npm")).
		WithExec([]string{"sh", "-c", installed}).
		WithDirectory(at, files).
		WithEnvVariable("CHROMIUM", "/usr/bin/chromium").
		WithNewFile(trial.With, trial.Beside, dagger.ContainerWithNewFileOpts{Permissions: 0o755})
}

// Debian's own: the browsers that Playwright fetches come from a server that not every machine reaches.
const chromium = `apt-get update -qq
apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
rm -rf /var/lib/apt/lists/*`

// The error of a lockfile that does not match package.json, without npm's manual.
const installed = `npm ci --no-audit --no-fund --no-update-notifier >/tmp/npm.log 2>&1 && exit
sed '/^npm error Clean install a project/,$d' /tmp/npm.log
exit 1`
