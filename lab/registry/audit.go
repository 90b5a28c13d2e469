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

// audit answers the question of `npm audit` and `bun audit`, sends npm's other questions to npm's own registry, and leaves
// the rest to the shelf. It reads its file at every question, so new advisories need no new shelf.
type audit struct {
	file  string
	shelf http.Handler
}

// question is where npm and Bun ask which versions are vulnerable.
const question = "/-/npm/v1/security/advisories/bulk"

// largest is how long a question may be: fifty thousand packages.
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

// knowledge is what advisories/ writes.
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

// answer takes packages with their versions and names what is known of them.
func (k knowledge) answer(w http.ResponseWriter, r *http.Request) {
	installed, err := asked(w, r)
	if err != nil {
		http.Error(w, fmt.Sprintf("read the question: %v", err), http.StatusBadRequest)
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

func asked(w http.ResponseWriter, r *http.Request) (map[string][]string, error) {
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
