package flytoml_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
)

// running is a machine's config as Fly returns it. ci/fly tests the fields that fly-go does not know.
const running = `{
  "image": "registry.fly.io/a@sha256:old", "schedule": "daily", "standbys": ["148e"], "auto_destroy": true,
  "dns": {"skip_registration": true},
  "env": {"GONE": "1", "FLY_STANDBY_FOR": "148e"},
  "init": {"tty": true, "cmd": ["gone"], "entrypoint": ["gone"], "swap_size_mb": 1},
  "guest": {"cpu_kind": "performance", "cpus": 4, "memory_mb": 8192, "gpus": 1},
  "metadata": {"mine": "1", "fly_process_group": "old", "fly_release_id": "1"},
  "mounts": [{"volume": "vol_1", "name": "data", "path": "/old", "encrypted": true, "size_gb": 3, "size_gb_limit": 9}],
  "services": [{"internal_port": 1}], "checks": {"gone": {}}, "files": [{"guest_path": "/gone"}], "statics": [],
  "restart": {"policy": "no"}, "stop_config": {"signal": "SIGKILL"}, "metrics": {"port": 1}
}`

func decode(t *testing.T, text string) *fly.MachineConfig {
	t.Helper()
	m := new(fly.MachineConfig)
	if err := json.Unmarshal([]byte(text), m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAMountOfAnotherVolumeKeepsNoVolume(t *testing.T) {
	got, err := parse(t, "app = \"a\"\n"+mountOf("other")).Update(decode(t, running), "app")
	if err != nil || got.Mounts[0].Volume != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAVolumeWhoseNameFlyDoesNotReturnIsKnownByItsPath(t *testing.T) {
	c := parse(t, "app = \"a\"\n"+mountOf("data"))
	old, err := c.Machine("app")
	if err != nil {
		t.Fatal(err)
	}
	old.Mounts[0].Name, old.Mounts[0].Volume = "", "vol_1"
	got, err := c.Update(old, "app")
	if err != nil || got.Mounts[0].Volume != "vol_1" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAnUpdateChangesTheFieldsOfTheFileAndNotTheOldConfig(t *testing.T) {
	old := decode(t, running)
	before, _ := json.Marshal(old)
	m, err := parse(t, "app = \"a\"\n[env]\nA = 1\n"+mountOf("data")).WithImage("new").Update(old, "app")
	if err != nil {
		t.Fatal(err)
	}
	if m.Schedule != "daily" || m.Env["A"] != "1" || m.Env["GONE"] != "" || m.Image != "new" || m.Guest.CPUs != 4 ||
		m.Mounts[0].Volume != "vol_1" || !m.Init.Tty || m.Init.Cmd != nil || m.Services != nil || m.StopConfig != nil || m.Metadata["mine"] != "1" {
		t.Errorf("got %+v", m)
	}
	if after, _ := json.Marshal(old); string(after) != string(before) {
		t.Errorf("the old config became %s", after)
	}
}

func TestAnUpdateWithoutAnOldConfigIsANewMachine(t *testing.T) {
	c := parse(t, "app = \"a\"\n"+web+mountOf("d"))
	updated, err := c.Update(nil, "app")
	if err != nil {
		t.Fatal(err)
	}
	fresh, _ := c.Machine("app")
	got, _ := json.Marshal(updated)
	want, _ := json.Marshal(fresh)
	if string(got) != string(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestASecondUpdateChangesNothing(t *testing.T) {
	c := parse(t, "app = \"a\"\n"+web+mountOf("data")+"[[vm]]\n")
	once, err := c.Update(decode(t, running), "app")
	if err != nil {
		t.Fatal(err)
	}
	twice, err := c.Update(once, "app")
	got, _ := json.Marshal(twice)
	if want, _ := json.Marshal(once); err != nil || string(got) != string(want) {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestAGroupThatDoesNotExistIsNotUpdated(t *testing.T) {
	if _, err := parse(t, "app = \"a\"\n[[vm]]\n").Update(&fly.MachineConfig{}, "web"); err == nil {
		t.Error("a group that does not exist was updated")
	}
}

// FuzzParse requires that every config without an error makes a machine for each of its groups, and that an update of
// such a machine with the same config changes nothing.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.toml")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, strict := range []bool{false, true} {
			c, _, err := flytoml.Parse("fly.toml", text, flytoml.Strict(strict))
			if err != nil {
				continue
			}
			c.ReleaseMachine()
			for _, group := range c.Groups() {
				m, err := c.Machine(group)
				if err != nil {
					t.Fatal(err)
				}
				c.TestMachines(group, "::1")
				again, err := c.Update(m, group)
				if err != nil {
					t.Fatal(err)
				}
				got, _ := json.Marshal(again)
				if want, _ := json.Marshal(m); string(got) != string(want) {
					t.Fatalf("updated to itself it is\n%s\nnot\n%s", got, want)
				}
			}
		}
	})
}
