package config

import (
	"encoding/json"
	"fmt"
)

// Autostop is what the proxy does with a machine that gets no requests.
type Autostop string

const (
	Off     Autostop = "" // the machine keeps running
	Stop    Autostop = "stop"
	Suspend Autostop = "suspend"
)

// UnmarshalJSON reads the words, and the booleans of earlier clients.
func (a *Autostop) UnmarshalJSON(data []byte) error {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	switch v {
	case nil, false, "off":
		*a = Off
	case true, "stop":
		*a = Stop
	case "suspend":
		*a = Suspend
	default:
		return fmt.Errorf("invalid autostop %s: use off, stop or suspend", data)
	}
	return nil
}
