//go:build acceptance

package acceptance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// repository is where the Dockerfile is, seen from this folder.
const repository = "../.."

// secretsOfTheImage are what the app demands. The values are easy to find where they must not be.
var secretsOfTheImage = []string{
	"DATABASE_URL=postgres://app:do-not-tell-1@127.0.0.1:1/renewa",
	"JWT_SECRET=do-not-tell-2",
	"ENCRYPTION_MASTER_KEY=do-not-tell-3",
}

var imageContainers atomic.Int64

// nameInDocker is new for every container, network and image, and says who made it.
func nameInDocker() string {
	return fmt.Sprintf("pipeline-test-image-%d-%d", os.Getpid(), imageContainers.Add(1))
}

// dockerCLI runs docker and gives what it printed, errors included.
func dockerCLI(args ...string) (string, error) {
	command := exec.CommandContext(context.Background(), "docker", args...)
	command.Env = append(os.Environ(), "DOCKER_BUILDKIT=1", "BUILDKIT_PROGRESS=plain")
	command.Dir = repository
	out, err := command.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func mustDocker(t testing.TB, args ...string) string {
	t.Helper()
	out, err := dockerCLI(args...)
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// cleanup is a docker command that removes at the end of the test what the test made. It must succeed: what it cannot
// remove would be left on the machine. Cleanups run in reverse: whoever uses a volume or network is started after this.
func cleanup(t testing.TB, args ...string) {
	t.Helper()
	t.Cleanup(func() {
		if out, err := dockerCLI(args...); err != nil {
			t.Errorf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	})
}

// volume is a new volume that ends with the test.
func volume(t testing.TB) string {
	t.Helper()
	name := nameInDocker()
	mustDocker(t, "volume", "create", name)
	cleanup(t, "volume", "rm", name)
	return name
}

// imageTag is the app's image, for this run of the tests alone.
var imageTag = fmt.Sprintf("pipeline-test-image-%d:app", os.Getpid())

var buildImageOnce = sync.OnceValues(func() (string, error) {
	out, err := dockerCLI("build", "-t", imageTag, "-f", "Dockerfile", "renewa-one")
	if err != nil {
		return "", fmt.Errorf("docker build: %w\n%s", err, out)
	}
	return imageTag, nil
})

// removeImage removes the image, if a test built it.
func removeImage() error {
	if found, err := dockerCLI("images", "-q", imageTag); err != nil || found == "" {
		return nil //nolint:nilerr // without Docker there is no image
	}
	out, err := dockerCLI("rmi", "-f", imageTag)
	if err != nil {
		return fmt.Errorf("remove the app's image: %w\n%s", err, out)
	}
	return nil
}

// builtImage builds the app the way anybody with Docker would, once for all tests.
func builtImage(t testing.TB) string {
	t.Helper()
	if out, err := dockerCLI("version", "--format", "{{.Server.Version}}"); err != nil {
		t.Skipf("NOT TESTED: docker does not answer: %s", out)
	}
	image, err := buildImageOnce()
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// container is one that this test started and that ends with it.
type container struct {
	t    testing.TB
	name string
}

// start runs a container in the background; args are docker run's, image and command included.
func start(t testing.TB, args ...string) container {
	t.Helper()
	c := container{t, nameInDocker()}
	cleanup(t, "rm", "-f", "-v", c.name)
	mustDocker(t, append([]string{"run", "-d", "--name", c.name}, args...)...)
	return c
}

// startApp runs the image with all its secrets; args come before the image.
func startApp(t testing.TB, args ...string) container {
	t.Helper()
	return start(t, append(withSecrets(args...), builtImage(t))...)
}

func withSecrets(args ...string) []string {
	var all []string
	for _, secret := range secretsOfTheImage {
		all = append(all, "-e", secret)
	}
	return append(all, args...)
}

// runOnce runs a container to its end and returns its output and its exit status.
func runOnce(t testing.TB, args ...string) (output string, status int) {
	t.Helper()
	out, err := dockerCLI(append([]string{"run", "--rm", "--name", nameInDocker()}, args...)...)
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return out, exit.ExitCode()
	case err != nil:
		t.Fatal(err)
	}
	return out, 0
}

func (c container) logs() string {
	out, _ := dockerCLI("logs", c.name)
	return out
}

func (c container) inspect(format string) string {
	c.t.Helper()
	return mustDocker(c.t, "inspect", "-f", format, c.name)
}

func (c container) exec(args ...string) string {
	c.t.Helper()
	return mustDocker(c.t, append([]string{"exec", c.name}, args...)...)
}

// waitFor waits until the container is in a state, as docker inspect shows it.
func (c container) waitFor(format, want string) {
	c.t.Helper()
	var got string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if got = c.inspect(format); got == want {
			return
		}
	}
	c.t.Fatalf("%s is %q after %s, want %q; the container's log:\n%s", format, got, patience, want, c.logs())
}

func (c container) waitHealthy() {
	c.t.Helper()
	c.waitFor("{{.State.Health.Status}}", "healthy")
}

// get asks the app through its published port.
func (c container) get(path string) (status int, body string) {
	c.t.Helper()
	return get(c.t, "http://"+c.address()+path)
}

// get asks a server on this machine, which must answer.
func get(t testing.TB, url string) (status int, body string) {
	t.Helper()
	status, body, err := request(t, url)
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

func request(t testing.TB, url string) (status int, body string, err error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	response, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

func (c container) address() string {
	c.t.Helper()
	first, _, _ := strings.Cut(mustDocker(c.t, "port", c.name, "8080"), "\n")
	return first
}

// startPostgres gives a network with a new database in it, and the database's address there.
func startPostgres(t testing.TB) (network, url string) {
	t.Helper()
	builtImage(t) // skips where there is no docker
	network = nameInDocker()
	mustDocker(t, "network", "create", network)
	cleanup(t, "network", "rm", network)
	start(t, "--network", network, "--network-alias", "db", "--tmpfs", "/var/lib/postgresql/data",
		"-e", "POSTGRES_DB=renewa", "-e", "POSTGRES_USER=renewa", "-e", "POSTGRES_PASSWORD=do-not-tell-4", "postgres:17")
	// No waiting: who needs the database waits for it, as on the real way.
	return network, "postgres://renewa:do-not-tell-4@db:5432/renewa"
}
