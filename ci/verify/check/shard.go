package check

import "fmt"

// A Shard is a part of a suite that is shared among several runs.
type Shard struct{ Number, Total int }

// Of is the command that runs this part alone.
func (s Shard) Of(command string) string {
	if s.Total <= 1 {
		return command
	}
	return fmt.Sprintf("%s --shard=%d/%d", command, s.Number, s.Total)
}

// String is a name for it, and for the folder of its results; empty of a suite that is not shared.
func (s Shard) String() string {
	if s.Total <= 1 {
		return ""
	}
	return fmt.Sprintf("shard-%d", s.Number)
}
