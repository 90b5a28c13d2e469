package fly_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	gofly "github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
)

// running is the config of a machine with fields that fly-go does not know: big, and each tomorrow and news.
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

// A deploy must not remove fields that fly-go does not know.
func TestAnUpdateFromAFlyTomlChangesOnlyTheFieldsOfTheFile(t *testing.T) {
	for reason, example := range map[string]struct{ text, want string }{
		"a file with the app's name only": {`app = "a"`, `{
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
		"a file with many sections": {"app = \"a\"\nkill_timeout = 5\nswap_size_mb = 64\n[processes]\napp = \"run\"\n[env]\nA = 1\n[[vm]]\nmemory = \"1gb\"\n[mounts]\nsource = \"data\"\ndestination = \"/new\"\n[restart]\npolicy = \"always\"", `{
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
			var sent json.RawMessage
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					var in struct{ Config json.RawMessage }
					assert.NoError(t, json.NewDecoder(r.Body).Decode(&in))
					sent = in.Config
				}
				fmt.Fprintf(w, `{"id":"m1","state":"started","config":%s}`, running)
			})
			m, err := c.Machine(t.Context(), "a", "m1")
			require.NoError(t, err)
			config, _, err := flytoml.Parse("fly.toml", []byte(example.text))
			require.NoError(t, err)
			next, err := config.WithImage("registry.fly.io/a@sha256:new").WithMetadata(map[string]string{"fly_release_id": "2"}).Update(m.Config, "app")
			require.NoError(t, err)
			_, err = c.Update(t.Context(), "a", gofly.LaunchMachineInput{ID: "m1", Config: next}, "")
			require.NoError(t, err)
			require.JSONEq(t, example.want, string(sent))
			for _, number := range []string{"12345678901234567890", "2.50"} {
				require.Contains(t, string(sent), number, "numbers stay as they were written")
			}
		})
	}
}

func TestAMachineWhoseConfigHasAnotherFormIsRefused(t *testing.T) {
	for reason, config := range map[string]string{
		"no object": `[]`, "metadata of another type": `{"metadata": 1}`, "mounts of another type": `{"mounts": {}}`,
		"a guest of another type": `{"guest": []}`, "standbys of another type": `{"standbys": 1}`,
	} {
		t.Run(reason, func(t *testing.T) {
			c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, strings.Replace(`{"id":"m1","state":"started","config":CONFIG}`, "CONFIG", config, 1))
			})
			_, err := c.Machine(t.Context(), "a", "m1")
			require.Error(t, err)
		})
	}
}
