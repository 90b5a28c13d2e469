package registry_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal/registry"
)

type client struct {
	*testing.T
	url string
}

func open(t *testing.T) *client {
	t.Helper()
	r, err := registry.Open(t.TempDir(), nil)
	require.NoError(t, err)
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	return &client{t, s.URL}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

type reply struct {
	StatusCode int
	Header     http.Header
}

func (c *client) do(method, path, body string, header ...string) (reply, string) {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.url+path, strings.NewReader(body))
	require.NoError(c, err)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(c, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(c, err)
	return reply{resp.StatusCode, resp.Header}, string(text)
}

// blob uploads text in one piece.
func (c *client) blob(repo, text string) string {
	c.Helper()
	resp, body := c.do("POST", "/v2/"+repo+"/blobs/uploads/?digest="+digest(text), text)
	require.Equal(c, http.StatusCreated, resp.StatusCode, body)
	return digest(text)
}

func TestABlobComesInPieces(t *testing.T) {
	c := open(t)
	resp, _ := c.do("POST", "/v2/web/blobs/uploads/", "")
	require.Equal(t, http.StatusAccepted, resp.StatusCode)
	at := resp.Header.Get("Location")
	resp, _ = c.do("PATCH", at, "hello ", "Content-Range", "0-5")
	require.Equal(t, "0-5", resp.Header.Get("Range"))
	resp, _ = c.do("PATCH", at, "world", "Content-Range", "9-13")
	require.Equal(t, http.StatusRequestedRangeNotSatisfiable, resp.StatusCode, "a gap")
	resp, _ = c.do("GET", at, "")
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	resp, body := c.do("PUT", at+"?digest="+digest("hello world"), "world")
	require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	resp, body = c.do("GET", "/v2/web/blobs/"+digest("hello world"), "")
	require.Equal(t, "hello world", body)
	require.Equal(t, digest("hello world"), resp.Header.Get("Docker-Content-Digest"))
	_, body = c.do("GET", "/v2/web/blobs/"+digest("hello world"), "", "Range", "bytes=6-")
	require.Equal(t, "world", body)
	resp, _ = c.do("PUT", at+"?digest="+digest("hello world"), "")
	require.Equal(t, http.StatusNotFound, resp.StatusCode, "the upload is over")
}

func TestABlobIsSeenWhereItWasPutAlone(t *testing.T) {
	c := open(t)
	d := c.blob("web", "layer")
	resp, _ := c.do("HEAD", "/v2/stage/blobs/"+d, "")
	require.Equal(t, http.StatusNotFound, resp.StatusCode)
	resp, _ = c.do("POST", "/v2/stage/blobs/uploads/?mount="+d+"&from=web", "")
	require.Equal(t, http.StatusCreated, resp.StatusCode)
	resp, _ = c.do("HEAD", "/v2/stage/blobs/"+d, "")
	require.Equal(t, http.StatusOK, resp.StatusCode)
	resp, _ = c.do("POST", "/v2/stage/blobs/uploads/?mount="+digest("other")+"&from=web", "")
	require.Equal(t, http.StatusAccepted, resp.StatusCode, "nothing to mount: upload it")
	resp, _ = c.do("DELETE", "/v2/web/blobs/"+d, "")
	require.Equal(t, http.StatusAccepted, resp.StatusCode)
	resp, _ = c.do("HEAD", "/v2/stage/blobs/"+d, "")
	require.Equal(t, http.StatusOK, resp.StatusCode, "the other one keeps it")
}

func TestATagMovesAndADigestStays(t *testing.T) {
	c := open(t)
	cfg := c.blob("web", "{}")
	manifest := func(note string) string {
		return `{"schemaVersion":2,"config":{"digest":"` + cfg + `"},"annotations":{"note":"` + note + `"}}`
	}
	const kind = "application/vnd.oci.image.manifest.v1+json"
	for _, note := range []string{"one", "two"} {
		resp, body := c.do("PUT", "/v2/web/manifests/v1", manifest(note), "Content-Type", kind)
		require.Equal(t, http.StatusCreated, resp.StatusCode, body)
	}
	resp, body := c.do("GET", "/v2/web/manifests/v1", "")
	require.Equal(t, manifest("two"), body)
	require.Equal(t, kind, resp.Header.Get("Content-Type"))
	_, body = c.do("GET", "/v2/web/manifests/"+digest(manifest("one")), "")
	require.Equal(t, manifest("one"), body)
	for _, tag := range []string{"v3", "v2"} {
		c.do("PUT", "/v2/web/manifests/"+tag, manifest("x"), "Content-Type", kind)
	}
	_, body = c.do("GET", "/v2/web/tags/list", "")
	require.JSONEq(t, `{"name":"web","tags":["v1","v2","v3"]}`, body)
	resp, body = c.do("GET", "/v2/web/tags/list?n=2", "")
	require.JSONEq(t, `{"name":"web","tags":["v1","v2"]}`, body)
	require.Contains(t, resp.Header.Get("Link"), "last=v2")
	_, body = c.do("GET", "/v2/web/tags/list?n=2&last=v2", "")
	require.JSONEq(t, `{"name":"web","tags":["v3"]}`, body)
	resp, _ = c.do("DELETE", "/v2/web/manifests/v3", "")
	require.Equal(t, http.StatusAccepted, resp.StatusCode)
	resp, _ = c.do("HEAD", "/v2/web/manifests/v3", "")
	require.Equal(t, http.StatusNotFound, resp.StatusCode)
}

func TestARequestIsRefused(t *testing.T) {
	c := open(t)
	cfg := c.blob("web", "{}")
	for reason, r := range map[string]struct {
		method, path, body string
		status             int
		code               string
	}{
		"content of another digest":            {"POST", "/v2/web/blobs/uploads/?digest=" + digest("a"), "b", 400, "DIGEST_INVALID"},
		"a digest that is none":                {"GET", "/v2/web/blobs/sha256:00", "", 400, "DIGEST_INVALID"},
		"a blob nobody put":                    {"GET", "/v2/web/blobs/" + digest("x"), "", 404, "BLOB_UNKNOWN"},
		"a manifest nobody put":                {"GET", "/v2/web/manifests/v9", "", 404, "MANIFEST_UNKNOWN"},
		"a manifest whose layers are not here": {"PUT", "/v2/web/manifests/v1", `{"config":{"digest":"` + cfg + `"},"layers":[{"digest":"` + digest("x") + `"}]}`, 400, "MANIFEST_BLOB_UNKNOWN"},
		"a manifest that is none":              {"PUT", "/v2/web/manifests/v1", "hello", 400, "MANIFEST_INVALID"},
		"a manifest of another digest":         {"PUT", "/v2/web/manifests/" + digest("x"), "{}", 400, "DIGEST_INVALID"},
		"a tag that is none":                   {"PUT", "/v2/web/manifests/-v1", "{}", 400, "TAG_INVALID"},
		"a name with capitals":                 {"GET", "/v2/Web/tags/list", "", 400, "NAME_INVALID"},
		"a name that climbs":                   {"GET", "/v2/..%2f..%2fetc/tags/list", "", 400, "NAME_INVALID"},
		"an upload nobody began":               {"PATCH", "/v2/web/blobs/uploads/" + strings.Repeat("0", 32), "x", 404, "BLOB_UPLOAD_UNKNOWN"},
		"an upload that climbs":                {"PATCH", "/v2/web/blobs/uploads/..", "x", 404, "BLOB_UPLOAD_UNKNOWN"},
		"tags of nothing":                      {"GET", "/v2/nobody/tags/list", "", 404, "NAME_UNKNOWN"},
		"what is not in the specification":     {"GET", "/v2/web/secrets/x", "", 501, "UNSUPPORTED"},
		"a method that is not":                 {"POST", "/v2/web/manifests/v1", "", 501, "UNSUPPORTED"},
	} {
		t.Run(reason, func(t *testing.T) {
			resp, body := c.do(r.method, r.path, r.body)
			require.Equal(t, r.status, resp.StatusCode, body)
			require.Contains(t, body, r.code)
		})
	}
}

func TestBlobsOfNobodyGoWhenTheRegistryIsOpened(t *testing.T) {
	dir := t.TempDir()
	use := func(f func(c *client, r *registry.Registry)) {
		r, err := registry.Open(dir, nil)
		require.NoError(t, err)
		s := httptest.NewServer(r)
		defer s.Close()
		f(&client{t, s.URL}, r)
	}
	use(func(c *client, r *registry.Registry) {
		c.blob("web", "shared")
		c.blob("preview", "shared")
		c.blob("preview/deep", "alone")
		c.do("POST", "/v2/web/blobs/uploads/", "half an upload")
		require.NoError(t, r.Forget("preview"))
	})
	use(func(c *client, _ *registry.Registry) {
		resp, _ := c.do("HEAD", "/v2/web/blobs/"+digest("shared"), "")
		require.Equal(t, http.StatusOK, resp.StatusCode)
		resp, _ = c.do("HEAD", "/v2/preview/blobs/"+digest("shared"), "")
		require.Equal(t, http.StatusNotFound, resp.StatusCode)
	})
	for _, pattern := range []string{"uploads/*", "blobs/*/" + strings.TrimPrefix(digest("alone"), "sha256:")} {
		left, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		require.Empty(t, left)
	}
}
