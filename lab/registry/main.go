// Command registry is the shelf: an image registry without authentication that keeps its images in a folder.
// It also answers npm's audit, from a file in the same folder.
package main

import (
	"context"
	"flag"
	"log"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem"
)

const config = `
version: 0.1
log: {level: warn, accesslog: {disabled: true}}
storage:
  filesystem: {rootdirectory: FOLDER}
  delete: {enabled: true}
  tag: {concurrencylimit: 2}
http: {addr: ADDRESS, relativeurls: true}
`

func main() {
	address := flag.String("listen", ":5000", "address to listen on")
	folder := flag.String("folder", "/shelf", "folder that keeps the images")
	flag.Parse()

	settings := strings.NewReplacer("FOLDER", `"`+*folder+`"`, "ADDRESS", `"`+*address+`"`).Replace(config)
	parsed, err := configuration.Parse(strings.NewReader(settings))
	if err != nil {
		log.Fatalf("parse the registry's settings: %v", err)
	}
	registry.RegisterHandler(func(_ *configuration.Configuration, shelf http.Handler) http.Handler {
		return audit{file: filepath.Join(*folder, "advisories.json"), shelf: shelf}
	})
	shelf, err := registry.NewRegistry(context.Background(), parsed)
	if err != nil {
		log.Fatalf("open the shelf %s: %v", *folder, err)
	}
	if err := shelf.ListenAndServe(); err != nil {
		log.Fatalf("serve the shelf on %s: %v", *address, err)
	}
}
