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

// repository is the path from this folder to the Dockerfile's.
const repository = "../.."

// secretsOfTheImage are the secrets that the app requires. Their values are easy to find in logs and layers.
var secretsOfTheImage = []string{
	"DATABASE_URL=postgres://app:do-not-tell-1@127.0.0.1:1/renewa",
	"JWT_SECRET=do-not-tell-2",
	"ENCRYPTION_MASTER_KEY=do-not-tell-3",
}

var imageContainers atomic.Int64

// namePrefix begins every name that this run of the tests has in docker.
var namePrefix = fmt.Sprintf("pipeline-test-image-%d-", os.Getpid())

// nameInDocker returns a new name for a container, network, volume or image of this run of the tests.
func nameInDocker() string {
	return fmt.Sprintf("%s%d", namePrefix, imageContainers.Add(1))
}

// dockerCLI runs docker and returns its output, errors included.
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

// cleanup runs a docker command at the end of the test, to remove what the test made. The command must succeed, else
// something stays on the machine. Cleanups run in reverse order: start what uses a volume or network after its cleanup.
func cleanup(t testing.TB, args ...string) {
	t.Helper()
	t.Cleanup(func() {
		if out, err := dockerCLI(args...); err != nil {
			t.Errorf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	})
}

// volume creates a volume for the time of the test.
func volume(t testing.TB) string {
	t.Helper()
	name := nameInDocker()
	mustDocker(t, "volume", "create", name)
	cleanup(t, "volume", "rm", name)
	return name
}

// imageTag names the app's image in this run of the tests.
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

// builtImage builds the app with docker build, once for all tests.
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

// container is a container for the time of the test.
type container struct {
	t    testing.TB
	name string
}

// start runs a container in the background. args are those of docker run, with image and command.
func start(t testing.TB, args ...string) container {
	t.Helper()
	c := container{t, nameInDocker()}
	cleanup(t, "rm", "-f", "-v", c.name)
	mustDocker(t, append([]string{"run", "-d", "--name", c.name}, args...)...)
	return c
}

// startApp runs the image with all its secrets. args are options of docker run.
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

// get sends a request to the app's published port.
func (c container) get(path string) (status int, body string) {
	c.t.Helper()
	return get(c.t, "http://"+c.address()+path)
}

// get sends a request to a server on this machine, which must answer.
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

// startPostgres starts a database in a new network and returns the network's name and the database's address.
func startPostgres(t testing.TB) (network, url string) {
	t.Helper()
	builtImage(t) // skips where there is no docker
	network = nameInDocker()
	mustDocker(t, "network", "create", network)
	cleanup(t, "network", "rm", network)
	start(t, "--network", network, "--network-alias", "db", "--tmpfs", "/var/lib/postgresql/data",
		"-e", "POSTGRES_DB=renewa", "-e", "POSTGRES_USER=renewa", "-e", "POSTGRES_PASSWORD=do-not-tell-4", "postgres:17")
	// No waiting: the app and the migrator wait for the database, as they do on Fly.
	return network, "postgres://renewa:do-not-tell-4@db:5432/renewa"
}
