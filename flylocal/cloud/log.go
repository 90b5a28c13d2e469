package cloud

import (
	"fmt"
	"sync"
	"time"
)

// Entry is a line of the log of an app.
type Entry struct {
	ID      int64
	Time    time.Time
	App     string
	Machine string
	Region  string
	Level   string
	Text    string
}

// logs keeps the last lines of every app. They are not state: they are gone when this Fly ends.
type logs struct {
	mu    sync.Mutex
	next  int64
	lines map[string][]Entry
}

const maxLines = 5000

func (l *logs) add(k Key, m Machine, line Line) {
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
	all := append(l.lines[k.App], Entry{l.next, line.Time, k.App, k.Machine, m.Region, level, line.Text})
	if len(all) > maxLines {
		all = append([]Entry(nil), all[len(all)-maxLines:]...)
	}
	l.lines[k.App] = all
}

// Logs returns lines of an app after a position; machine and region may be empty.
func (c *Cloud) Logs(app, machine, region string, after int64, limit int) []Entry {
	c.logs.mu.Lock()
	defer c.logs.mu.Unlock()
	var found []Entry
	for _, e := range c.logs.lines[app] {
		if e.ID > after && (machine == "" || e.Machine == machine) && (region == "" || e.Region == region) {
			found = append(found, e)
		}
	}
	if after == 0 && len(found) > limit {
		found = found[len(found)-limit:] // whoever begins to look wants the end
	}
	if len(found) > limit {
		found = found[:limit]
	}
	return found
}

func (e Entry) String() string {
	return fmt.Sprintf("%s %s[%s] %s %s", e.Time.UTC().Format(time.RFC3339), e.App, e.Machine, e.Level, e.Text)
}
