package setup

import "fmt"

// NoAppError is an environment whose app does not exist.
type NoAppError struct {
	App, Environment string
	Fly              string // where the app does not exist; may be empty
}

var _ interface{ Hint() string } = (*NoAppError)(nil)

func (e *NoAppError) Error() string {
	on := ""
	if e.Fly != "" {
		on = " on " + e.Fly
	}
	return fmt.Sprintf("app %s of environment %s does not exist%s", e.App, e.Environment, on)
}

// Hint names the command that creates the app.
func (e *NoAppError) Hint() string {
	return fmt.Sprintf("`dagger call setup --env %s` lists what is missing, --apply creates it", e.Environment)
}

// RunsNothing is a mark by which packages recognise an app that had no release, as promotion.NothingError has.
func (e *NoAppError) RunsNothing() {}
