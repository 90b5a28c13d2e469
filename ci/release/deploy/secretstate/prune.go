package secretstate

import "fmt"

// ParsePrune reads the value of --prune: yes or no.
func ParsePrune(text string) (bool, error) {
	switch text {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, fmt.Errorf("--prune is %q, nothing was changed: give yes or no", text)
}
