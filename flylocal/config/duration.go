package config

import (
	"encoding/json"
	"fmt"
	"time"
)

// Duration is read from "15s" or from a number of nanoseconds, as on Fly.
type Duration time.Duration

// UnmarshalJSON reads a duration.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v := v.(type) {
	case nil:
	case float64:
		*d = Duration(v)
	case string:
		parsed, err := time.ParseDuration(v)
		if err != nil {
			return fmt.Errorf("invalid duration %q", v)
		}
		*d = Duration(parsed)
	default:
		return fmt.Errorf("invalid duration %s", data)
	}
	return nil
}
