package flytoml_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
)

// running is a machine as Fly might send it next year.
const running = `{
  "image": "registry.fly.io/a@sha256:old", "schedule": "daily", "standbys": ["148e"], "auto_destroy": true,
  "dns": {"skip_registration": true, "news": 1}, "tomorrow": {"a": [1, 2.50, "é"]}, "big": 12345678901234567890,
  "env": {"GONE": "1", "FLY_STANDBY_FOR": "148e"},
  "init": {"tty": true, "cmd": ["gone"], "entrypoint": ["gone"], "swap_size_mb": 1, "tomorrow": 1},
  "guest": {"cpu_kind": "performance", "cpus": 4, "memory_mb": 8192, "gpus": 1, "tomorrow": 1},
  "metadata": {"mine": "1", "fly_process_group": "old", "fly_release_id": "1"},
  "mounts": [{"volume": "vol_1", "name": "data", "path": "/old", "encrypted": true, "size_gb": 3, "size_gb_limit": 9, "tomorrow": 1}],
  "services": [{"internal_port": 1}], "checks": {"gone": {}}, "files": [{"guest_path": "/gone"}], "statics": [],
  "restart": {"policy": "no"}, "stop_config": {"signal": "SIGKILL"}, "metrics": {"port": 1}
}`

func TestAnUpdateChangesWhatTheFileSaysAndNothingElse(t *testing.T) {
	for reason, c := range map[string]struct{ text, want string }{
		"a file that says next to nothing": {`app = "a"`, `{
  "auto_destroy": true,
  "big": 12345678901234567890,
  "dns": {"skip_registration": true, "news": 1},
  "env": {"FLY_PROCESS_GROUP": "app", "FLY_STANDBY_FOR": "148e"},
  "guest": {"cpu_kind": "performance", "cpus": 4, "memory_mb": 8192, "gpus": 1, "tomorrow": 1},
  "image": "registry.fly.io/a@sha256:new",
  "init": {"tomorrow": 1, "tty": true},
  "metadata": {"fly_platform_version": "v2", "fly_process_group": "app", "fly_release_id": "2", "mine": "1"},
  "schedule": "daily", "standbys": ["148e"],
  "tomorrow": {"a": [1, 2.50, "é"]}
}`},
		"a file that says much": {"app = \"a\"\nkill_timeout = 5\nswap_size_mb = 64\n[processes]\napp = \"run\"\n[env]\nA = 1\n[[vm]]\nmemory = \"1gb\"\n[mounts]\nsource = \"data\"\ndestination = \"/new\"\n[restart]\npolicy = \"always\"", `{
  "auto_destroy": true,
  "big": 12345678901234567890,
  "dns": {"skip_registration": true, "news": 1},
  "env": {"A": "1", "FLY_PROCESS_GROUP": "app", "FLY_STANDBY_FOR": "148e"},
  "guest": {"cpu_kind": "shared", "cpus": 1, "memory_mb": 1024, "tomorrow": 1},
  "image": "registry.fly.io/a@sha256:new",
  "init": {"cmd": ["run"], "swap_size_mb": 64, "tomorrow": 1, "tty": true},
  "metadata": {"fly_platform_version": "v2", "fly_process_group": "app", "fly_release_id": "2", "mine": "1"},
  "mounts": [{"encrypted": true, "name": "data", "path": "/new", "size_gb": 3, "tomorrow": 1, "volume": "vol_1"}],
  "restart": {"policy": "always"},
  "schedule": "daily", "standbys": ["148e"],
  "stop_config": {"timeout": "5s"},
  "tomorrow": {"a": [1, 2.50, "é"]}
}`},
	} {
		t.Run(reason, func(t *testing.T) {
			conf := parse(t, c.text).WithImage("registry.fly.io/a@sha256:new").WithMetadata(map[string]string{"fly_release_id": "2"})
			got, err := conf.UpdateJSON(json.RawMessage(running), "app")
			if err != nil {
				t.Fatal(err)
			}
			if got, want := tidy(t, got), tidy(t, []byte(c.want)); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// tidy orders keys and keeps numbers as they were written.
func tidy(t *testing.T, text []byte) string {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	out, _ := json.MarshalIndent(v, "", " ")
	return string(out)
}

func TestAMountOfAnotherVolumeBringsNoVolumeAlong(t *testing.T) {
	got, err := parse(t, "app = \"a\"\n"+mounted("other")).UpdateJSON(json.RawMessage(running), "app")
	if err != nil || strings.Contains(string(got), "vol_1") {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestAnUpdateThroughFlyGosTypesObeysTheSameRules(t *testing.T) {
	var old fly.MachineConfig
	if err := json.Unmarshal([]byte(running), &old); err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(old)
	m, err := parse(t, "app = \"a\"\n[env]\nA = 1\n"+mounted("data")).WithImage("new").Update(&old, "app")
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

func TestAnUpdateOfNothingIsANewMachine(t *testing.T) {
	c := parse(t, "app = \"a\"\n"+web+mounted("d"))
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

func TestAnUpdateIsDoneOnce(t *testing.T) {
	c := parse(t, "app = \"a\"\n"+web+mounted("data")+"[[vm]]\n")
	once, err := c.UpdateJSON(json.RawMessage(running), "app")
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := c.UpdateJSON(once, "app"); err != nil || string(twice) != string(once) {
		t.Errorf("got %s, %v, want %s", twice, err, once)
	}
}

func TestWhatCannotBeUpdatedIsRefused(t *testing.T) {
	c := parse(t, "app = \"a\"\n[[vm]]\n")
	for reason, old := range map[string]string{
		"not JSON": `{`, "not an object": `[]`, "null": `null`, "metadata of another type": `{"metadata": 1}`,
		"mounts of another type": `{"mounts": {}}`, "a guest of another type": `{"guest": []}`, "standbys of another type": `{"standbys": 1}`,
	} {
		if got, err := c.UpdateJSON(json.RawMessage(old), "app"); err == nil {
			t.Errorf("%s: got %s", reason, got)
		}
	}
	if _, err := c.UpdateJSON(json.RawMessage(`{}`), "web"); err == nil {
		t.Error("a group that does not exist was updated")
	}
}

// Whatever the text, a config without an error makes every machine it speaks
// of, and updates it to itself.
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
