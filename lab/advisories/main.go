// Command advisories makes a small vulnerability database from advisory files and puts it on the shelf, where Trivy and
// npm's audit find it. Its title states that it is a sample.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	from := flag.String("from", "sources", "folder with the advisory files, in the layout of their sources")
	to := flag.String("to", "127.0.0.1:5055/aquasecurity/trivy-db", "repository for Trivy's database")
	tags := flag.String("tags", "2", "tags of the database, separated by commas; the last one exists only when all is done")
	answers := flag.String("answers", "", "file with the answers for npm's audit")
	npm := flag.String("npm", "", "registry for all other requests of npm")
	flag.Parse()
	log.SetFlags(0)

	sample, err := read(*from)
	if err != nil {
		log.Fatal(err)
	}
	if err := sample.answer(*answers, *npm); err != nil {
		log.Fatal(err)
	}
	if err := sample.publish(*to, strings.Split(*tags, ",")); err != nil {
		log.Fatal(err)
	}
	fmt.Println(sample)
}

// publish builds the database in a temporary folder and pushes it.
func (s sample) publish(repository string, tags []string) error {
	place, err := os.MkdirTemp("", "advisories-")
	if err != nil {
		return fmt.Errorf("make a folder for the database: %w", err)
	}
	defer os.RemoveAll(place)
	database := filepath.Join(place, "db")
	if err := s.build(place, database); err != nil {
		return fmt.Errorf("build Trivy's database from %s: %w", s.folder, err)
	}
	layer, err := pack(database, s.newest)
	if err != nil {
		return fmt.Errorf("pack Trivy's database: %w", err)
	}
	if err := push(layer, s.String(), repository, tags); err != nil {
		return fmt.Errorf("put Trivy's database on the shelf as %s: %w", repository, err)
	}
	return nil
}

// forever is the time until the sample's next update: it changes only with its files.
const forever = 100 * 365 * 24 * time.Hour
