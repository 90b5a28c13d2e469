package trial

// Start is the shell text that serves.
func (r Run) Start() string { return "exec " + quoted(r.Serve) }

// Migrated is the shell text that serves once the release command has run: who waits for the app's port finds a
// database that is migrated. A release command that fails starts nothing.
func (r Run) Migrated() string {
	if len(r.Release) == 0 {
		return r.Start()
	}
	return "RELEASE_COMMAND=1 " + quoted(r.Release) + " && " + r.Start()
}
