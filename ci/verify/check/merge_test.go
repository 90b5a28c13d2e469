package check_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/verify/check"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestPartsThatRanSideBySideGiveOneVerdictThatNamesThem(t *testing.T) {
	code := 1
	v := check.Merge("end-to-end", []check.Part{
		{Name: "shard-1", Verdict: check.Verdict{
			Status: check.Passed, Started: noon.Add(time.Second), Seconds: 9, Changed: []string{"a", "b"},
			Tests: &check.Tests{Total: 3, Skipped: 1}, Commands: []check.Command{{Run: "x --shard=1/2"}},
		}},
		{Name: "shard-2", Verdict: check.Verdict{
			Status: check.Failed, Started: noon, Seconds: 7, Changed: []string{"a"}, Reasons: []string{"it failed"},
			Tests: &check.Tests{Total: 2, Failed: []string{"renew: a person renews"}}, Commands: []check.Command{{Run: "x --shard=2/2", Code: &code}},
		}},
	})
	require.Equal(t, check.Verdict{
		Version: check.VerdictVersion, Check: "end-to-end", Status: check.Failed, Started: noon, Seconds: 9, Changed: []string{"a", "b"},
		Reasons: []string{"shard-2: it failed"}, Tests: &check.Tests{Total: 5, Skipped: 1, Failed: []string{"renew: a person renews"}},
		Commands: []check.Command{{Run: "x --shard=1/2"}, {Run: "x --shard=2/2", Code: &code}},
	}, v)
}

func TestPartsThatAllPassedHavePassedAndThoseThatCountNothingCountNothing(t *testing.T) {
	v := check.Merge("x", []check.Part{{Name: "shard-1"}, {Name: "shard-2"}})
	require.Equal(t, check.Passed, v.Status)
	require.Nil(t, v.Tests)
}

func TestASuiteThatIsNotSharedRunsAsItIsStated(t *testing.T) {
	require.Equal(t, "npm test", check.Shard{Number: 1, Total: 1}.Of("npm test"))
	require.Empty(t, check.Shard{}.String())
	require.Equal(t, "npm test -- --shard=2/3", check.Shard{Number: 2, Total: 3}.Of("npm test --"))
	require.Equal(t, "shard-2", check.Shard{Number: 2, Total: 3}.String())
}
