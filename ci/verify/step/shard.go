package step

import "fmt"

// A Shard is one part of a test suite that runs in several parts.
type Shard struct{ Number, Total int }

// Of is the command that runs this part alone.
func (s Shard) Of(command string) string {
	if s.Total <= 1 {
		return command
	}
	return fmt.Sprintf("%s --shard=%d/%d", command, s.Number, s.Total)
}

// String names the part and the folder of its results. The name of a suite in one part is empty.
func (s Shard) String() string {
	if s.Total <= 1 {
		return ""
	}
	return fmt.Sprintf("shard-%d", s.Number)
}

// CheckShards refuses a number of parts into which no suite can be split.
func CheckShards(n int) error {
	if n < 1 {
		return fmt.Errorf("--shards is %d: give 1 or more", n)
	}
	return nil
}
