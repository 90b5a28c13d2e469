package cloud

import (
	"encoding/json"
	"fmt"
	"time"
)

// Autostop is what becomes of a machine that nobody asks.
type Autostop string

const (
	Stay  Autostop = "" // it runs on
	Halts Autostop = "stop"
	Doze  Autostop = "suspend"
)

// UnmarshalJSON reads the words, and the booleans of earlier clients.
func (a *Autostop) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v {
	case nil, false, "off":
		*a = Stay
	case true, "stop":
		*a = Halts
	case "suspend":
		*a = Doze
	default:
		return fmt.Errorf("invalid autostop %s: use off, stop or suspend", data)
	}
	return nil
}

// Since is when the machine was last started.
func (m *Machine) Since() time.Time {
	for _, e := range m.Events {
		if e.Status == Started {
			return time.UnixMilli(e.Timestamp)
		}
	}
	return m.Created
}
