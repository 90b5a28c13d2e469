package secret

import (
	"fmt"
	"regexp"
)

// The engine's errors for a file that does not exist, and for a variable that is not set. The engine shortens the name
// of the variable.
var (
	noFile     = regexp.MustCompile(`failed to read secret file "([^"]+)": open .*: no such file or directory`)
	noVariable = regexp.MustCompile(`secret env var not found`)
	rpc        = regexp.MustCompile(`rpc error: code = \w+ desc = `)
)

// Unreadable returns the error of a secret that the engine could not read, by the argument and the line of .env that
// refer to the secret.
func Unreadable(argument, setting string, err error) error {
	text := err.Error()
	switch file := noFile.FindStringSubmatch(text); {
	case file != nil:
		text = fmt.Sprintf("the file %s does not exist; a relative path begins in the folder of the call", file[1])
	case noVariable.MatchString(text):
		text = "the variable is not set"
	default:
		text = rpc.ReplaceAllString(text, "")
	}
	return fmt.Errorf("cannot read %s (%s in .env): %s. %[1]s takes file://PATH or env://NAME", argument, setting, text)
}
