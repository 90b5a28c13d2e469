package spelling_test

import (
	"testing"

	"github.com/renewa/pipeline/ci/config/spelling"
)

func TestTheNearestKnownNameIsGuessed(t *testing.T) {
	known := []string{"internal_port", "auto_stop_machines", "env", "vm", "production", "staging"}
	for reason, c := range map[string]struct{ word, want string }{
		"a letter too few":               {"intrnal_port", "internal_port"},
		"two letters swapped":            {"prodcution", "production"},
		"another ending":                 {"auto_stop_machine", "auto_stop_machines"},
		"a short name with one slip":     {"enc", "env"},
		"nothing near is no guess":       {"colour", ""},
		"the name itself is not a guess": {"vm", ""},
		"one letter is another":          {"x", ""},
		"two letters, one wrong":         {"vn", "vm"},
		"nothing written":                {"", ""},
	} {
		if got := spelling.Nearest(c.word, known); got != c.want {
			t.Errorf("%s: Nearest(%q) = %q, want %q", reason, c.word, got, c.want)
		}
	}
}

func TestAGuessIsAQuestion(t *testing.T) {
	if got, want := spelling.DidYouMean("stagin", []string{"staging"}), `, did you mean "staging"?`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := spelling.DidYouMean("x", nil); got != "" {
		t.Errorf("nothing is known, yet it asks %q", got)
	}
}
