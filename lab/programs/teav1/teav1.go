// Package teav1 shows a bubbletea model, such as a prompt's form, inside a tuist program.
// The CLI's own adapter of this name lives in a nested module that was never published.
package teav1

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/vito/tuist"
)

// patience bounds one command of the model: forms answer at once, and only a blinking cursor takes longer.
const patience = 50 * time.Millisecond

var keys = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab, "esc": tea.KeyEsc,
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight,
	"home": tea.KeyHome, "end": tea.KeyEnd, "backspace": tea.KeyBackspace, "delete": tea.KeyDelete,
	"ctrl+c": tea.KeyCtrlC,
}

// Wrap is the model as a component.
type Wrap struct {
	tuist.Compo
	model  tea.Model
	onQuit func()
}

// New starts the model.
func New(model tea.Model) *Wrap {
	w := &Wrap{model: model}
	w.run(model.Init())
	return w
}

// OnQuit says what to do once the model has ended.
func (w *Wrap) OnQuit(f func()) { w.onQuit = f }

// Render draws the model's view, line by line.
func (w *Wrap) Render(ctx tuist.Context) {
	for line := range strings.SplitSeq(w.model.View(), "\n") {
		ctx.Line(line)
	}
}

// HandleKeyPress hands a key to the model.
func (w *Wrap) HandleKeyPress(_ tuist.Context, ev uv.KeyPressEvent) bool {
	if key, ok := keys[ev.Key().String()]; ok {
		w.update(tea.KeyMsg{Type: key})
	} else if text := ev.Key().Text; text != "" {
		w.update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(text)})
	} else {
		return false
	}
	w.Update()
	return true
}

func (w *Wrap) update(msg tea.Msg) {
	var cmd tea.Cmd
	w.model, cmd = w.model.Update(msg)
	w.run(cmd)
}

func (w *Wrap) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	answer := make(chan tea.Msg, 1)
	go func() { answer <- cmd() }()
	select {
	case msg := <-answer:
		w.handle(msg)
	case <-time.After(patience):
	}
}

func (w *Wrap) handle(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, cmd := range msg {
			w.run(cmd)
		}
	case tea.QuitMsg:
		if w.onQuit != nil {
			w.onQuit()
		}
	default:
		w.update(msg)
	}
}
