package cloud

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/renewa/pipeline/flylocal/problem"
)

// Goal is the state that a client waits for.
type Goal struct {
	States   []string // one of them
	Instance string   // of this version, where one is given
	Timeout  time.Duration
}

// Settled stands for every state in which a machine stays. flyctl waits for it.
const Settled = "settled"

var (
	resting  = []string{Started, Stopped, Suspended, Destroyed}
	waitable = append([]string{Settled}, resting...)
)

// Check refuses states that nobody can wait for.
func (g Goal) Check() error {
	for _, s := range g.States {
		if !slices.Contains(waitable, s) {
			return problem.New(http.StatusBadRequest, "invalid_argument: cannot wait for state %q: use one of %s", s, strings.Join(waitable, ", "))
		}
	}
	return nil
}

func (g Goal) fits(v visit) bool {
	wanted := slices.Contains(g.States, v.state) || slices.Contains(g.States, Settled) && slices.Contains(resting, v.state)
	return wanted && (g.Instance == "" || g.Instance == v.instance || v.state == Destroyed)
}

// visit is a state that a machine was in, with its instance then.
type visit struct{ state, instance string }

// Reached reports whether the machine entered one of the goal's states since the last call, which returned seen.
// The first call passes -1, and the present state counts then. It is an error when the machine can no longer get there.
func (m *Machine) Reached(g Goal, seen int) (reached bool, next int, err error) {
	total := m.gone + len(m.visits)
	if seen < 0 {
		seen = total
		if g.fits(visit{m.State, m.Instance}) && (m.Want != Destroyed || m.State == Destroyed) {
			return true, 0, nil
		}
	}
	for i := max(seen, m.gone); i < total; i++ {
		if g.fits(m.visits[i-m.gone]) {
			return true, 0, nil
		}
	}
	switch {
	case m.State == Destroyed:
		return false, 0, problem.NoMachine()
	case g.Instance != "" && g.Instance != m.Instance && slices.Contains(m.Earlier, g.Instance):
		return false, 0, problem.New(http.StatusBadRequest, "failed_precondition: version %s of machine %s was replaced by %s", g.Instance, m.ID, m.Instance)
	case g.Instance != "" && g.Instance != m.Instance:
		return false, 0, problem.New(http.StatusBadRequest, "invalid_argument: machine %s has no version %s", m.ID, g.Instance)
	}
	return false, total, nil
}
