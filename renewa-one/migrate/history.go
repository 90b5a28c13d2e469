package main

import (
	"fmt"
	"strings"

	"ariga.io/atlas/sql/migrate"
)

// compare refuses a database whose history differs from the files. Atlas notices neither an
// applied file that was edited and hashed again, nor an applied file that is missing.
//
// A database that is ahead of the files is fine: that is what an older image meets when it
// is deployed again.
func compare(files *files, applied []*migrate.Revision) error {
	if err := checkOrder(files, applied); err != nil {
		return err
	}
	for _, revision := range applied {
		if revision.Version > files.newest() {
			break
		}
		file := files.byVersion(revision.Version)
		switch {
		case file == nil:
			return fmt.Errorf("compare history: %s_%s was applied to this database, but the file is not here: "+
				"bring it back", revision.Version, revision.Description)
		case revision.Type == migrate.RevisionTypeBaseline || !complete(revision):
			// A baseline has no hash. Of an unfinished file, the library compares the finished statements.
		case files.hash(file) != strings.TrimPrefix(revision.Hash, "h1:"):
			return fmt.Errorf("compare history: %s was edited after it was applied on %s: "+
				"restore it and put the change in a new migration",
				file.Name(), revision.ExecutedAt.UTC().Format("2006-01-02 15:04 MST"))
		}
	}
	return nil
}

// checkOrder comes first, because a file put in between changes the hash of every later one.
func checkOrder(files *files, applied []*migrate.Revision) error {
	if len(applied) == 0 {
		return nil
	}
	known := map[string]bool{}
	for _, revision := range applied {
		known[revision.Version] = true
	}
	first, last := applied[0], applied[len(applied)-1]
	var late []string
	for _, file := range files.list {
		v := file.Version()
		if !known[v] && v > first.Version && v < last.Version {
			late = append(late, file.Name())
		}
	}
	if len(late) == 0 {
		return nil
	}
	return fmt.Errorf("compare history: %s would run after %s_%s, which is newer and already applied: "+
		"give it a newer version and run `migrate hash`",
		strings.Join(late, ", "), last.Version, last.Description)
}

func complete(revision *migrate.Revision) bool { return revision.Applied == revision.Total }
