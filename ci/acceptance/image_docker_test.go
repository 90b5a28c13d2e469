//go:build acceptance

package acceptance

import (
	"bytes"
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
	command := exec.Command("docker", args...)
	command.Env = append(os.Environ(), "DOCKER_BUILDKIT=1", "BUILDKIT_PROGRESS=plain")
	command.Dir = repository
	out, err := command.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func mustDocker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := dockerCLI(args...)
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

var buildImageOnce = sync.OnceValues(func() (string, error) {
	const tag = "pipeline-test-image:app"
	out, err := dockerCLI("build", "-t", tag, "-f", "Dockerfile", "renewa-one")
	if err != nil {
		return "", fmt.Errorf("docker build: %w\n%s", err, out)
	}
	return tag, nil
})

// builtImage builds the app the way anybody with Docker would, once for all tests.
func builtImage(t *testing.T) string {
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
	t    *testing.T
	name string
}

// start runs a container in the background; args are docker run's, image and command included.
func start(t *testing.T, args ...string) container {
	t.Helper()
	c := container{t, nameInDocker()}
	t.Cleanup(func() { dockerCLI("rm", "-f", "-v", c.name) })
	mustDocker(t, append([]string{"run", "-d", "--name", c.name}, args...)...)
	return c
}

// startApp runs the image with all its secrets; args come before the image.
func startApp(t *testing.T, args ...string) container {
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
func runOnce(t *testing.T, args ...string) (output string, status int) {
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

// waitFor asks for something until it is so.
func (c container) waitFor(format, want string, patience time.Duration) {
	c.t.Helper()
	var got string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if got = c.inspect(format); got == want {
			return
		}
	}
	c.t.Fatalf("%s is %q after %s, want %q; the container says:\n%s", format, got, patience, want, c.logs())
}

func (c container) waitHealthy() {
	c.t.Helper()
	c.waitFor("{{.State.Health.Status}}", "healthy", 30*time.Second)
}

// get asks the app through its published port.
func (c container) get(path string) (status int, body string) {
	c.t.Helper()
	response, err := http.Get("http://" + c.address() + path)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	var b bytes.Buffer
	io.Copy(&b, response.Body)
	return response.StatusCode, b.String()
}

func (c container) address() string {
	c.t.Helper()
	first, _, _ := strings.Cut(mustDocker(c.t, "port", c.name, "8080"), "\n")
	return first
}

// startPostgres gives a network with a new database in it, and the database's address there.
func startPostgres(t *testing.T) (network, url string) {
	t.Helper()
	builtImage(t) // skips where there is no docker
	network = nameInDocker()
	mustDocker(t, "network", "create", network)
	t.Cleanup(func() { dockerCLI("network", "rm", network) })
	start(t, "--network", network, "--network-alias", "db", "--tmpfs", "/var/lib/postgresql/data",
		"-e", "POSTGRES_DB=renewa", "-e", "POSTGRES_USER=renewa", "-e", "POSTGRES_PASSWORD=do-not-tell-4", "postgres:17")
	// No waiting: who needs the database waits for it, as on the real way.
	return network, "postgres://renewa:do-not-tell-4@db:5432/renewa"
}
