// Package applog has the log of every app: the lines its machines print, and flylocal's own lines about them.
package applog

import (
	"sync"
	"time"

	"github.com/renewa/pipeline/flylocal/cloud"
)

// Entry is a line of the log of an app.
type Entry struct {
	ID      int64 // position in the log
	Time    time.Time
	App     string
	Machine string
	Region  string
	Level   string
	Text    string
}

// Log keeps the last lines of every app in memory. The zero value is empty.
type Log struct {
	mu    sync.Mutex
	next  int64
	lines map[string][]Entry
}

const maxLines = 5000

// Add appends a line of a machine.
func (l *Log) Add(k cloud.Key, region string, line cloud.Line) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lines == nil {
		l.lines = map[string][]Entry{}
	}
	l.next++
	level := "info"
	if line.Stderr {
		level = "error"
	}
	all := append(l.lines[k.App], Entry{l.next, line.Time, k.App, k.Machine, region, level, line.Text})
	if len(all) > maxLines {
		all = append([]Entry(nil), all[len(all)-maxLines:]...)
	}
	l.lines[k.App] = all
}

// Lines returns at most limit lines of an app after a position: the last ones at position 0, the next ones elsewhere.
// Machine and region may be empty.
func (l *Log) Lines(app, machine, region string, after int64, limit int) []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []Entry
	for _, e := range l.lines[app] {
		if e.ID > after && (machine == "" || e.Machine == machine) && (region == "" || e.Region == region) {
			found = append(found, e)
		}
	}
	if len(found) <= limit {
		return found
	}
	if after == 0 {
		return found[len(found)-limit:]
	}
	return found[:limit]
}
