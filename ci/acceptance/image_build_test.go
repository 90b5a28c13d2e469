//go:build acceptance

package acceptance

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
)

func TestTheImageIsSmallEnoughToDeployOften(t *testing.T) {
	t.Parallel()
	const most = 110 << 20
	image := savedImage(t)
	t.Logf("%d MB compressed", image.compressed/1e6)
	if image.compressed > most {
		t.Errorf("the image has %d bytes compressed, want at most %d", image.compressed, most)
	}
}

func TestNoDevelopmentDependencyIsInAnyLayer(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`(^|/)(node_modules|vite|vitest|typescript|biome|go\.mod|tsconfig\.json)(/|$)|\.tsx?$|_test\.go$`)
	for _, file := range savedImage(t).files {
		if forbidden.MatchString(file) {
			t.Errorf("%s is in the image", file)
		}
	}
}

func TestNoSecretIsInAnyLayerOrInTheHistory(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`(^|/)(\.env[^/]*|\.npmrc|\.netrc|id_(rsa|ed25519)|[^/]*\.key)$`)
	for _, file := range savedImage(t).files {
		if forbidden.MatchString(file) {
			t.Errorf("%s is in the image", file)
		}
	}
	image := builtImage(t)
	layers := mustDocker(t, "history", "--no-trunc", image) + mustDocker(t, "inspect", "-f", "{{json .Config}}", image)
	for _, name := range []string{"DATABASE_URL", "JWT_SECRET", "ENCRYPTION_MASTER_KEY", "FLY_API_TOKEN", "PASSWORD"} {
		if strings.Contains(layers, name) {
			t.Errorf("the image's history or configuration names %s", name)
		}
	}
}

func TestABackendEditBuildsNeitherDependenciesNorPageAgain(t *testing.T) {
	builtImage(t)
	context := t.TempDir()
	if err := os.CopyFS(context, contextOf("renewa-one")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(context, "backend/src/api.ts")
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// New in every run: the cache has the edit of the last run.
	edited := strings.ReplaceAll(string(source), "/version", "/version-"+nameInDocker())
	if err := os.WriteFile(file, []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	tag := nameInDocker()
	log := mustDocker(t, "build", "-t", tag, "-f", "Dockerfile", context)
	cleanup(t, "rmi", tag)
	if ran := stepsRun(log); strings.Join(ran, " ") != "backend-build production" {
		t.Errorf("steps of %q ran, want backend-build's and the last of production", ran)
	}
}

// contextOf is a build context without installed dependencies and build output.
func contextOf(name string) filtered {
	return filtered{os.DirFS(filepath.Join(repository, name))}
}

// stepsRun returns the stage of each step that ran.
func stepsRun(log string) []string {
	step := regexp.MustCompile(`(?m)^#(\d+) \[(\S+) +\d+/\d+\] (RUN|COPY|ADD) `)
	var ran []string
	for _, match := range step.FindAllStringSubmatch(log, -1) {
		if !strings.Contains(log, "\n#"+match[1]+" CACHED") {
			ran = append(ran, match[2])
		}
	}
	return ran
}

type saved struct {
	compressed int64
	files      []string
}

var saveImageOnce = sync.OnceValues(func() (saved, error) {
	image, err := buildImageOnce()
	if err != nil {
		return saved{}, err
	}
	dir, err := os.MkdirTemp("", "pipeline-test-image-")
	if err != nil {
		return saved{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	archive := filepath.Join(dir, "image.tar")
	if out, err := dockerCLI("save", "-o", archive, image); err != nil {
		return saved{}, errors.New(out)
	}
	return readSaved(archive)
})

func savedImage(t testing.TB) saved {
	t.Helper()
	builtImage(t)
	image, err := saveImageOnce()
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// readSaved reads all layers of the archive's manifest.
func readSaved(archive string) (image saved, err error) {
	var manifest []struct{ Layers []string }
	err = eachFile(archive, func(name string, content io.Reader) error {
		if name != "manifest.json" {
			return nil
		}
		return json.NewDecoder(content).Decode(&manifest)
	})
	if err != nil {
		return saved{}, err
	}
	layers := map[string]bool{}
	for _, layer := range manifest[0].Layers {
		layers[layer] = true
	}
	err = eachFile(archive, func(name string, content io.Reader) error {
		if !layers[name] {
			return nil
		}
		return image.add(content)
	})
	return image, err
}

// add adds one layer. Some versions of Docker save layers compressed.
func (s *saved) add(content io.Reader) error {
	layer := bufio.NewReader(content)
	if magic, _ := layer.Peek(2); string(magic) == "\x1f\x8b" {
		unzipped, err := gzip.NewReader(layer)
		if err != nil {
			return err
		}
		layer = bufio.NewReader(unzipped)
	}
	var size counter
	zip := gzip.NewWriter(&size)
	files := tar.NewReader(io.TeeReader(layer, zip))
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		s.files = append(s.files, header.Name)
	}
	if err := zip.Close(); err != nil {
		return err
	}
	s.compressed += int64(size)
	return nil
}

func eachFile(archive string, do func(name string, content io.Reader) error) error {
	file, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer file.Close()
	files := tar.NewReader(file)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := do(header.Name, files); err != nil {
			return err
		}
	}
}

// counter is a writer that counts bytes.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
