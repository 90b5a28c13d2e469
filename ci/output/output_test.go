package output_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/output"
)

type missing struct{ name string }

func (m missing) Error() string { return m.name + " is missing" }
func (m missing) Hint() string  { return "create " + m.name }

func TestAnErrorEndsWithTheAdviceOfEveryErrorInsideItOnce(t *testing.T) {
	err := fmt.Errorf("deploy: %w", errors.Join(missing{"a"}, fmt.Errorf("again: %w", missing{"a"}), missing{"b"}))
	require.Equal(t, "deploy: a is missing\nagain: a is missing\nb is missing\ncreate a\ncreate b", output.Error(err).Error())
}

func TestAdviceThatTheTextGivesAlreadyIsNotRepeated(t *testing.T) {
	require.Equal(t, "create a: a is missing", output.Error(fmt.Errorf("create a: %w", missing{"a"})).Error())
}

func TestNoErrorStaysNoError(t *testing.T) { require.NoError(t, output.Error(nil)) }

func ExampleWarnings() {
	output.Warnings([]error{errors.New("fly.toml:3: unknown key"), errors.New("fly.toml:9: unknown key")})
	// Output:
	// · warning: fly.toml:3: unknown key
	// · warning: fly.toml:9: unknown key
}
