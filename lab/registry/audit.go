package main

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
)

// audit answers the requests of `npm audit` and `bun audit`, redirects npm's other requests to npm's own registry, and leaves
// the rest to the shelf. It reads its file for every request, so new advisories need no new shelf.
type audit struct {
	file  string
	shelf http.Handler
}

// question is the path of the request for vulnerable versions by npm and Bun.
const question = "/-/npm/v1/security/advisories/bulk"

// largest is the size limit of a request: fifty thousand packages.
const largest = 4 << 20

func (a audit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" || r.URL.Path == "/v2" || strings.HasPrefix(r.URL.Path, "/v2/") {
		a.shelf.ServeHTTP(w, r)
		return
	}
	known, err := a.read()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		http.Error(w, "this shelf has no advisories yet; lab/image.sh advisories makes them", http.StatusNotFound)
	case err != nil:
		http.Error(w, fmt.Sprintf("read the advisories: %v", err), http.StatusInternalServerError)
	case r.URL.Path == question && r.Method == http.MethodPost:
		known.answer(w, r)
	default:
		http.Redirect(w, r, strings.TrimSuffix(known.Registry, "/")+r.URL.RequestURI(), http.StatusTemporaryRedirect)
	}
}

// knowledge is the content of the file that the program advisories writes.
type knowledge struct {
	Registry   string
	Advisories []advisory
}

func (a audit) read() (knowledge, error) {
	var known knowledge
	text, err := os.ReadFile(a.file)
	if err != nil {
		return known, err
	}
	return known, json.Unmarshal(text, &known)
}

// answer reads packages with their versions and writes the findings for them.
func (k knowledge) answer(w http.ResponseWriter, r *http.Request) {
	installed, err := readPackages(w, r)
	if err != nil {
		http.Error(w, fmt.Sprintf("read the request: %v", err), http.StatusBadRequest)
		return
	}
	found := map[string][]finding{}
	for _, advisory := range k.Advisories {
		for name, versions := range installed {
			if ranges := advisory.of(name); ranges.hold(versions) {
				found[name] = append(found[name], advisory.finding(ranges))
			}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	plain := json.NewEncoder(w)
	plain.SetEscapeHTML(false) // ranges are full of < and >
	_ = plain.Encode(found)
}

func readPackages(w http.ResponseWriter, r *http.Request) (map[string][]string, error) {
	var body io.Reader = http.MaxBytesReader(w, r.Body, largest)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = io.LimitReader(unzipped, 16*largest)
	}
	var installed map[string][]string
	return installed, json.NewDecoder(body).Decode(&installed)
}
