package flytoml_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/golden"
)

// outcome has everything that this package makes of one fly.toml.
type outcome struct {
	App      string
	Region   string `json:",omitempty"`
	Default  string `json:"DefaultGroup"`
	Deploy   map[string]any
	Machines map[string]any
	Release  any                         `json:",omitempty"`
	Tests    map[string]any              `json:",omitempty"`
	Volumes  map[string][]flytoml.Volume `json:",omitempty"`
	Warnings []string                    `json:",omitempty"`
}

func TestEveryFlyTomlBecomesTheMachinesInItsGoldenFile(t *testing.T) {
	own, err := filepath.Glob("../../../fly.*.toml")
	if err != nil || len(own) != 4 {
		t.Fatalf("this repository has the fly.toml files %v, %v", own, err)
	}
	invented, _ := filepath.Glob("testdata/*.toml")
	for _, file := range append(own, invented...) {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			golden.Equal(t, strings.TrimSuffix(name, ".toml")+".json", string(describe(t, file)))
		})
	}
}

func describe(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, warnings, err := flytoml.Parse(filepath.Base(file), text)
	if err != nil {
		t.Fatal(err)
	}
	return describeConfig(t, c, warnings)
}

func describeConfig(t *testing.T, c flytoml.Config, warnings []flytoml.Warning) []byte {
	t.Helper()
	g := outcome{
		App: c.App, Region: c.PrimaryRegion, Default: c.DefaultGroup(), Deploy: deployOf(c.Deploy),
		Machines: map[string]any{}, Tests: map[string]any{}, Volumes: map[string][]flytoml.Volume{},
	}
	for _, group := range c.Groups() {
		m, err := c.Machine(group)
		if err != nil {
			t.Fatal(err)
		}
		g.Machines[group] = m
		if tests := c.TestMachines(group, "fdaa::3"); tests != nil {
			g.Tests[group] = tests
		}
		if volumes := c.Volumes(group); volumes != nil {
			g.Volumes[group] = volumes
		}
	}
	if m := c.ReleaseMachine(); m != nil {
		g.Release = m
	}
	for _, w := range warnings {
		g.Warnings = append(g.Warnings, w.String())
	}
	out, err := json.MarshalIndent(g, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

func deployOf(d flytoml.Deploy) map[string]any {
	return map[string]any{
		"strategy": d.Strategy, "max_unavailable": d.MaxUnavailable, "wait_timeout": d.WaitTimeout.String(),
		"release_command": d.ReleaseCommand, "release_command_timeout": d.ReleaseCommandTimeout.String(),
		"release_command_vm": d.ReleaseCommandVM, "seed_command": d.SeedCommand,
	}
}

func TestTheFilesOfThisRepositoryHaveNoWarnings(t *testing.T) {
	own, _ := filepath.Glob("../../../fly.*.toml")
	for _, file := range own {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if _, warnings, err := flytoml.Parse(file, text, flytoml.Strict(true)); err != nil || len(warnings) > 0 {
			t.Errorf("%s: %v, %v", file, warnings, err)
		}
	}
}

func TestADefinitionIsReadAsItsFlyToml(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.toml")
	own, _ := filepath.Glob("../../../fly.*.toml")
	for _, file := range append(files, own...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		direct, _, err := flytoml.Parse(file, text)
		if err != nil {
			t.Fatal(err)
		}
		kept, _, err := flytoml.FromDefinition("release 1", direct.Definition())
		if err != nil {
			t.Fatal(err)
		}
		if got, want := describeConfig(t, kept, nil), describeConfig(t, direct, nil); !bytes.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
		}
	}
}

func TestAnInvalidDefinitionIsRefusedWithItsName(t *testing.T) {
	for reason, definition := range map[string]string{"no JSON": `app`, "no object": `[1]`, "nothing": ``, "a wrong type": `{"app":"shop","env":3}`} {
		if _, _, err := flytoml.FromDefinition("release 7", []byte(definition)); err == nil || !strings.Contains(err.Error(), "release 7") {
			t.Errorf("%s: %v", reason, err)
		}
	}
}
