package trial

import "al.essio.dev/pkg/shellescape"

// Start is the shell command that serves.
func (r Run) Start() string { return "exec " + shellescape.QuoteCommand(r.Serve) }

// Migrated is the shell command that serves once the release command has run: when the app listens on its port, the
// database is migrated. A release command that fails starts nothing.
func (r Run) Migrated() string {
	if len(r.Release) == 0 {
		return r.Start()
	}
	return "RELEASE_COMMAND=1 " + shellescape.QuoteCommand(r.Release) + " && " + r.Start()
}
