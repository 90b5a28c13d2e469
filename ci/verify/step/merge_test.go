package step_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/step"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestPartsThatRanSideBySideGiveOneVerdictThatNamesThem(t *testing.T) {
	code := 1
	v := step.Merge("end-to-end", []step.Part{
		{Name: "shard-1", Verdict: step.Verdict{
			Status: step.Passed, Started: noon.Add(time.Second), Seconds: 9, Changed: []string{"a", "b"},
			Tests: &step.Tests{Total: 3, Skipped: 1}, Commands: []step.Command{{Run: "x --shard=1/2"}},
		}},
		{Name: "shard-2", Verdict: step.Verdict{
			Status: step.Failed, Started: noon, Seconds: 7, Changed: []string{"a"}, Reasons: []string{"it failed"},
			Tests: &step.Tests{Total: 2, Failed: []string{"renew: a person renews"}}, Commands: []step.Command{{Run: "x --shard=2/2", Code: &code}},
		}},
	})
	require.Equal(t, step.Verdict{
		Version: step.VerdictVersion, Step: "end-to-end", Status: step.Failed, Started: noon, Seconds: 9, Changed: []string{"a", "b"},
		Reasons: []string{"shard-2: it failed"}, Tests: &step.Tests{Total: 5, Skipped: 1, Failed: []string{"renew: a person renews"}},
		Commands: []step.Command{{Run: "x --shard=1/2"}, {Run: "x --shard=2/2", Code: &code}},
	}, v)
}

func TestPartsThatAllPassedHavePassedAndThoseThatCountNothingCountNothing(t *testing.T) {
	v := step.Merge("x", []step.Part{{Name: "shard-1"}, {Name: "shard-2"}})
	require.Equal(t, step.Passed, v.Status)
	require.Nil(t, v.Tests)
}

func TestASuiteThatIsNotSharedRunsAsItIsStated(t *testing.T) {
	require.Equal(t, "npm test", step.Shard{Number: 1, Total: 1}.Of("npm test"))
	require.Empty(t, step.Shard{}.String())
	require.Equal(t, "npm test -- --shard=2/3", step.Shard{Number: 2, Total: 3}.Of("npm test --"))
	require.Equal(t, "shard-2", step.Shard{Number: 2, Total: 3}.String())
}
