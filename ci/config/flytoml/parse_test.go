package flytoml_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/flytoml"
	"github.com/renewa/pipeline/ci/config/tomlfile"
)

const web = "[http_service]\ninternal_port = 80\n"

func TestAnInvalidFlyTomlIsRefusedWithTheLine(t *testing.T) {
	for reason, c := range map[string]struct{ text, want string }{
		"no app":                           {`primary_region = "fra"`, `fly.toml:1: app is missing`},
		"an empty app":                     {`app = ""`, `fly.toml:1: app: "" is no name of a Fly app`},
		"an app of a template":             {`app = "{NAME}"`, `app: "{NAME}" is no name of a Fly app: write lower-case letters, digits and -`},
		"a service of an unknown group":    {"app = \"a\"\n[processes]\nweb = \"x\"\n" + web + "processes = [\"wbe\"]", `http_service.processes: unknown process group "wbe", did you mean "web"?; the groups are web`},
		"a restart of an unknown group":    {"app = \"a\"\n[[restart]]\npolicy = \"never\"\nprocesses = [\"web\"]", `restart[0].processes: unknown process group "web"; the groups are app`},
		"a listed check without a name":    {"app = \"a\"\n[[checks]]\ntype = \"tcp\"\nport = 1", `fly.toml:2: checks[0]: name is missing`},
		"a header without a name":          {"app = \"a\"\n" + web + `checks = [{ headers = [{ value = "x" }] }]`, `headers[0]: name is missing`},
		"a listed header of a list":        {"app = \"a\"\n" + web + `checks = [{ headers = [{ name = "A", value = ["x"] }] }]`, `headers[0].value: must be a single value, not a list`},
		"a header of tables":               {"app = \"a\"\n" + web + `checks = [{ headers = { a = { b = 1 } } }]`, `headers.a: must be a single value or a list of texts, not a table`},
		"a static folder without a prefix": {"app = \"a\"\n[[statics]]\nguest_path = \"/s\"", `statics[0]: must have guest_path and url_prefix`},
		"a static folder of the disk":      {"app = \"a\"\n[[statics]]\nguest_path = \"s\"\nurl_prefix = \"/s\"", `fly.toml:3: statics[0].guest_path: must begin with /`},
		"an app of another type":           {`app = 7`, `fly.toml:1: app: must be text in quotes, not a whole number`},
		"text for a port":                  {"app = \"a\"\n[http_service]\ninternal_port = \"http\"", `fly.toml:3: http_service.internal_port: "http" is not a port`},
		"a port out of range":              {"app = \"a\"\n[http_service]\ninternal_port = 80800", `fly.toml:3: http_service.internal_port: 80800 is not a port`},
		"no port":                          {"app = \"a\"\n[http_service]", `fly.toml:2: http_service: internal_port is missing`},
		"text for a truth":                 {"app = \"a\"\n" + web + `force_https = "yes"`, `fly.toml:4: http_service.force_https: must be true or false, not text`},
		"autostop of no kind":              {"app = \"a\"\n" + web + `auto_stop_machines = "sleep"`, `auto_stop_machines: must be "off", "stop" or "suspend"`},
		"a negative minimum":               {"app = \"a\"\n" + web + `min_machines_running = -1`, `min_machines_running: must be at least 0`},
		"a list in env":                    {"app = \"a\"\n[env]\nA = [1]", `fly.toml:3: env.A: must be a single value, not a list`},
		"a table in env":                   {"app = \"a\"\n[env.A]\nB = 1", `env.A: must be a single value, not a table`},
		"a process that does not split":    {"app = \"a\"\n[processes]\nweb = \"sh -c 'x\"", `fly.toml:3: processes.web: a quote is not closed`},
		"a process of Fly's":               {"app = \"a\"\n[processes]\nfly_app_console = \"x\"", `must not begin with fly_app_, which Fly reserves: choose another name`},
		"a release that does not split":    {"app = \"a\"\n[deploy]\nrelease_command = \"sh -c 'x\"", `fly.toml:3: deploy.release_command: a quote is not closed`},
		"an unknown strategy":              {"app = \"a\"\n[deploy]\nstrategy = \"blugreen\"", `deploy.strategy: unknown strategy "blugreen", did you mean "bluegreen"?`},
		"none unavailable":                 {"app = \"a\"\n[deploy]\nmax_unavailable = 0", `max_unavailable: must be a fraction between 0 and 1 or`},
		"one and a half unavailable":       {"app = \"a\"\n[deploy]\nmax_unavailable = 1.5", `max_unavailable: must be a fraction between 0 and 1 or`},
		"no number unavailable":            {"app = \"a\"\n[deploy]\nmax_unavailable = nan", `max_unavailable: must be a fraction between 0 and 1 or`},
		"text unavailable":                 {"app = \"a\"\n[deploy]\nmax_unavailable = \"33%\"", `max_unavailable: must be a fraction below 1 or a whole number, not text`},
		"no time to wait":                  {"app = \"a\"\n[deploy]\nwait_timeout = 0", `wait_timeout: must not be zero`},
		"a duration without a unit":        {"app = \"a\"\n[deploy]\nwait_timeout = \"90\"", `wait_timeout: "90" is not a duration`},
		"a duration below zero":            {"app = \"a\"\nkill_timeout = -5", `fly.toml:2: kill_timeout: must be a duration that is not negative`},
		"a duration beyond all time":       {"app = \"a\"\nkill_timeout = 9223372036854775807", `kill_timeout: must be a duration`},
		"a signal without SIG":             {"app = \"a\"\nkill_signal = \"TERM\"", `kill_signal: "TERM" is not a signal`},
		"an unknown size":                  {"app = \"a\"\n[[vm]]\nsize = \"shared-cpu-3x\"", `fly.toml:3: vm[0].size: unknown size "shared-cpu-3x", did you mean "shared-cpu-1x"?`},
		"memory in no unit":                {"app = \"a\"\n[[vm]]\nmemory = \"512 apples\"", `vm[0].memory: must be a size`},
		"memory between two steps":         {"app = \"a\"\n[[vm]]\nmemory = \"500mb\"", `vm[0].memory: 500 MB is not a memory size of Fly`},
		"a service of nobody":              {"app = \"a\"\n[processes]\nweb = \"x\"\n" + web, `fly.toml:4: http_service: this service names no process group of [processes]: add processes = ["web"]`},
		"a port and a range":               {service("port = 1\nstart_port = 2"), `fly.toml:5: services[0].ports[0].port: port and start_port or end_port are both set`},
		"a port without a number":          {service(""), `fly.toml:4: services[0].ports[0]: port is missing, or start_port`},
		"a range backwards":                {service("start_port = 3\nend_port = 2"), `start_port: must not be above end_port`},
		"concurrency of one number":        {"app = \"a\"\n" + web + `concurrency = "20"`, `concurrency: must be a table, or "soft,hard"`},
		"a check without a type":           {"app = \"a\"\n[checks.x]\nport = 1", `fly.toml:2: checks.x: type is missing`},
		"a check without a port":           {"app = \"a\"\n[checks.x]\ntype = \"tcp\"", `checks.x: port is missing, and no http_service`},
		"a check without a rest":           {"app = \"a\"\n[checks.x]\nport = 1\ntype = \"tcp\"\ninterval = 1500", `fly.toml:5: checks.x.interval: must be at least 2s`},
		"a check too patient":              {"app = \"a\"\n[checks.x]\nport = 1\ntype = \"tcp\"\ntimeout = \"61s\"", `checks.x.timeout: must be at most 60s`},
		"a check that is text":             {"app = \"a\"\n[checks]\nx = \"tcp\"", `checks.x: must be a table, not text`},
		"two mounts in a group":            {"app = \"a\"\n" + mountOf("a") + mountOf("b"), `mounts[1]: process group "app" is in an earlier one`},
		"a mount on the root":              {"app = \"a\"\n[mounts]\nsource = \"d\"\ndestination = \"/\"", `mounts.destination: must be a path`},
		"a mount of no volume":             {"app = \"a\"\n[mounts]\ndestination = \"/d\"", `mounts: source is missing`},
		"a limit below the start":          {"app = \"a\"\n[mounts]\nsource = \"d\"\ndestination = \"/d\"\ninitial_size = 10\nauto_extend_size_limit = 5", `auto_extend_size_limit: must not be below`},
		"half a gigabyte":                  {"app = \"a\"\n[mounts]\nsource = \"d\"\ndestination = \"/d\"\ninitial_size = \"512mb\"", `initial_size: must be whole gigabytes`},
		"a canary with a mount":            {"app = \"a\"\n[deploy]\nstrategy = \"canary\"\n" + mountOf("d"), `fly.toml:3: deploy.strategy: a canary is an extra machine`},
		"bluegreen without a check":        {"app = \"a\"\n[deploy]\nstrategy = \"bluegreen\"\n" + web, `deploy.strategy: bluegreen needs a health check`},
		"a file from this machine":         {"app = \"a\"\n[[files]]\nguest_path = \"/a\"\nlocal_path = \"a\"", `files[0].local_path: a file from disk`},
		"a file of nothing":                {"app = \"a\"\n[[files]]\nguest_path = \"/a\"", `files[0]: must have raw_value or secret_name`},
		"an unknown restart policy":        {"app = \"a\"\n[[restart]]\npolicy = \"no\"", `restart[0].policy: must be always or never or on-failure, not "no"`},
		"several containers in a machine":  {"app = \"a\"\nmachine_config = \"x.json\"", `machine_config: machines of several containers`},
		"containers of a compose file":     {"app = \"a\"\n[build.compose]\nfile = \"x.yml\"", `build.compose: machines of several containers`},
		"a build that is text":             {"app = \"a\"\nbuild = \"x\"", `fly.toml:2: build: must be a table, not text`},
		"a config behind the file's back":  {"app = \"a\"\n[experimental]\nmachine_config = \"{}\"", `experimental.machine_config: not supported, because it overrides`},
		"a console that does not split":    {"app = \"a\"\nconsole_command = \"sh -c 'x\"", `fly.toml:2: console_command: a quote is not closed`},
		"growth from the start":            {"app = \"a\"\n" + mountOf("d") + "auto_extend_size_threshold = 40\nauto_extend_size_increment = 1", `auto_extend_size_threshold: must be 50 to 99 percent`},
		"growth when there is no space":    {"app = \"a\"\n" + mountOf("d") + "auto_extend_size_threshold = 100\nauto_extend_size_increment = 1", `auto_extend_size_threshold: must be 50 to 99 percent`},
		"growth by nothing":                {"app = \"a\"\n" + mountOf("d") + "auto_extend_size_threshold = 80", `auto_extend_size_increment: must be 1 to 100 GB`},
		"growth of too much at once":       {"app = \"a\"\n" + mountOf("d") + "auto_extend_size_threshold = 80\nauto_extend_size_increment = \"101gb\"", `auto_extend_size_increment: must be 1 to 100 GB`},
		"growth beyond what Fly has":       {"app = \"a\"\n" + mountOf("d") + "auto_extend_size_threshold = 80\nauto_extend_size_increment = 1\nauto_extend_size_limit = 501", `auto_extend_size_limit: must be at most 500 GB`},
		"snapshots kept for too long":      {"app = \"a\"\n" + mountOf("d") + "snapshot_retention = 61", `snapshot_retention: must be at most 60 days`},
		"an uploaded folder":               {"app = \"a\"\n[[statics]]\nguest_path = \"/s\"\nurl_prefix = \"/\"\ntigris_bucket = \"b\"", `statics[0].tigris_bucket: a deploy uploads no files`},
		"metrics without a port":           {"app = \"a\"\n[metrics]\npath = \"/m\"", `metrics: port is missing`},
		"what is not TOML, with its place": {"app = \"a\"\n[http_service\n", `fly.toml:2: `},
	} {
		t.Run(reason, func(t *testing.T) {
			_, _, err := flytoml.Parse("fly.toml", []byte(c.text))
			var problems tomlfile.Problems
			if !errors.As(err, &problems) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nwant %s", err, c.want)
			}
		})
	}
}

func service(port string) string {
	return "app = \"a\"\n[[services]]\ninternal_port = 1\n[[services.ports]]\n" + port
}

func mountOf(name string) string {
	return "[[mounts]]\nsource = \"" + name + "\"\ndestination = \"/" + name + "\"\n"
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	_, _, err := flytoml.Parse("fly.toml", []byte("kill_signal = 9\n[http_service]\nforce_https = 1\n[deploy]\nstrategy = \"slow\"\n"))
	if err == nil || strings.Count(err.Error(), "\n") != 4 {
		t.Errorf("want five problems, got\n%v", err)
	}
}

func TestAnUnknownKeyIsAWarningAndStrictlyAnError(t *testing.T) {
	text := []byte("app = \"a\"\n[http_service]\ninternal_port = 80\nauto_stop_machine = \"off\"\n")
	const want = `fly.toml:4: http_service.auto_stop_machine: unknown key, did you mean "auto_stop_machines"?`
	_, warnings, err := flytoml.Parse("fly.toml", text)
	if err != nil || len(warnings) != 1 || warnings[0].String() != want {
		t.Errorf("got %v, %v", warnings, err)
	}
	_, warnings, err = flytoml.Parse("fly.toml", text, flytoml.Strict(true))
	if err == nil || err.Error() != want || len(warnings) != 0 {
		t.Errorf("strictly, got %v, %v", warnings, err)
	}
}

func TestASuspiciousLineIsAWarning(t *testing.T) {
	for reason, c := range map[string]struct{ text, want string }{
		"a service nobody reaches":           {"app = \"a\"\n[[services]]\ninternal_port = 1", `fly.toml:2: services[0]: it has no ports`},
		"a check moved by Fly":               {"app = \"a\"\n" + web + `checks = [{ interval = 15 }]`, `http_service.checks[0].interval: 15ms is outside 1s to 1m, Fly uses 1s`},
		"a check with much grace":            {"app = \"a\"\n" + web + `checks = [{ grace_period = "2m" }]`, `http_service.checks[0].grace_period: 2m0s is outside 1s to 1m`},
		"another build":                      {"app = \"a\"\n[build]\nbuiltin = \"node\"", `fly.toml:3: build.builtin: not used: this pipeline builds only a Dockerfile`},
		"an image of another build":          {"app = \"a\"\n[build]\nimage = \"nginx:1\"", `fly.toml:3: build.image: this image is built elsewhere`},
		"buildpacks":                         {"app = \"a\"\n[build]\nbuilder = \"b\"", `fly.toml:3: build.builder: this pipeline builds only a Dockerfile, not with buildpacks`},
		"tests by a strategy that runs none": {"app = \"a\"\n" + web + "machine_checks = [{ command = \"x\" }]\n[deploy]\nstrategy = \"immediate\"", `fly.toml:6: deploy.strategy: machine_checks are run by rolling and canary, not by immediate`},
		"seeds":                              {"app = \"a\"\n[deploy]\nseed_command = \"seed\"", `deploy.seed_command: a deploy does not run it`},
		"snapshots":                          {"app = \"a\"\n" + mountOf("d") + "scheduled_snapshots = true", `mounts[0].scheduled_snapshots: a volume that a deploy makes has the snapshots`},
		"consul":                             {"app = \"a\"\n[experimental]\nenable_consul = true", `experimental.enable_consul: a deploy does nothing with it`},
		"secrets of an extension":            {"app = \"a\"\n[experimental.attached.secrets.export]\nA = \"B\"", `experimental.attached: a deploy does nothing with it`},
		"an unknown experiment":              {"app = \"a\"\n[experimental]\nprivate_network = true", `experimental.private_network: unknown key`},
		"a console of its own":               {"app = \"a\"\n[console]\ncommand = \"x\"", `fly.toml:2: console: unknown table`},
		"processes that are a list":          {"app = \"a\"\nprocesses = [\"web\"]", `fly.toml:2: processes: Fly ignores a list of texts`},
		"a service of nothing":               {"app = \"a\"\n[[services]]", `fly.toml:2: services[0]: it has no keys`},
		"a size of an unknown group":         {"app = \"a\"\n[processes]\nweb = \"x\"\n[[vm]]\nprocesses = [\"wbe\"]", `vm[0].processes: unknown process group "wbe", did you mean "web"?; the groups are web. The section does not apply to it`},
		"memory stated twice":                {"app = \"a\"\n[[vm]]\nmemory = \"512mb\"\nmemory_mb = 1024", `vm[0].memory: memory_mb is set too and has precedence`},
		"https forced where none is":         {service("port = 25\nforce_https = true"), `force_https: only a port with the handler http`},
		"soft above hard":                    {"app = \"a\"\n" + web + `concurrency = { soft_limit = 9, hard_limit = 8 }`, `soft_limit: is above hard_limit`},
		"a path without a slash":             {"app = \"a\"\n" + web + `checks = [{ path = "up" }]`, `http_service.checks[0].path: does not begin with /`},
		"a volume by its old name":           {"app = \"a\"\n[mount]\nsource = \"d\"\ndestination = \"/d\"", `fly.toml:2: mount: is an old name: write [[mounts]] instead`},
		"a size by its old name":             {"app = \"a\"\n[[compute]]\nsize = \"shared-cpu-2x\"", `compute: is an old name: write [[vm]] instead`},
		"metrics by their old name":          {"app = \"a\"\n[[metric]]\nport = 1", `metric: is an old name: write [[metrics]] instead`},
		"metrics in their old place":         {"app = \"a\"\n[experimental]\nmetrics_port = 1", `experimental.metrics_port: is an old place: write port in [metrics]`},
		"a timeout in its old place":         {"app = \"a\"\n[experimental]\nkill_timeout = 5", `experimental.kill_timeout: is an old place: write kill_timeout at the top`},
		"a host of one's own and no size":    {"app = \"a\"\nhost_dedication_id = \"h\"", `fly.toml:2: host_dedication_id: has no effect without a [[vm]]`},
		"a volume of odd size":               {"app = \"a\"\n[mounts]\nsource = \"d\"\ndestination = \"/d\"\ninitial_size = \"1500mb\"", `initial_size: Fly uses 1 GB`},
		"two sizes for all":                  {"app = \"a\"\n[[vm]]\n[[vm]]", `fly.toml:3: vm[1]: it has no effect`},
		"two sizes for a group":              {"app = \"a\"\n[[vm]]\nprocesses = [\"app\"]\n[[vm]]\nprocesses = [\"app\"]", `vm[1]: process group "app" is in an earlier one of these tables too, and Fly uses the later one`},
		"two metrics for a group":            {"app = \"a\"\n[[metrics]]\nport = 1\n[[metrics]]\nport = 2", `metrics[1]: process group "app" is in an earlier one of these tables, and Fly uses the first`},
		"a prefix without a slash":           {"app = \"a\"\n[[statics]]\nguest_path = \"/s\"\nurl_prefix = \"s\"", `statics[0].url_prefix: does not begin with /`},
		"green needs volumes":                {"app = \"a\"\n[deploy]\nstrategy = \"bluegreen\"\n" + mountOf("d") + web + "checks = [{ path = \"/\" }]", `deploy.strategy: each green machine needs a free volume`},
	} {
		_, warnings, err := flytoml.Parse("fly.toml", []byte(c.text))
		if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].String(), c.want) {
			t.Errorf("%s: got %v, %v", reason, warnings, err)
		}
	}
}

func TestAnEmptyTextIsTheDefault(t *testing.T) {
	c := parse(t, "app = \"a\"\n[deploy]\nstrategy = \"\"\n[[vm]]\nsize = \"\"\n[[services]]\ninternal_port = 1\nprotocol = \"\"")
	m, _ := c.Machine("app")
	if c.Deploy.Strategy != flytoml.Rolling || m.Guest.MemoryMB != 256 || m.Services[0].Protocol != "tcp" {
		t.Errorf("got %s, %+v, %q", c.Deploy.Strategy, m.Guest, m.Services[0].Protocol)
	}
}

func TestMaxUnavailableIsAtLeastOneMachine(t *testing.T) {
	for reason, c := range map[string]struct {
		share   flytoml.MaxUnavailable
		n, want int
	}{
		"a third of one":      {0.33, 1, 1},
		"a third of three":    {0.33, 3, 1},
		"a third of four":     {0.33, 4, 2},
		"half of ten":         {0.5, 10, 5},
		"one of ten":          {1, 10, 1},
		"more than there are": {5, 2, 2},
		"of none":             {0.33, 0, 0},
	} {
		if got := c.share.Of(c.n); got != c.want {
			t.Errorf("%s: got %d, want %d", reason, got, c.want)
		}
	}
}

func TestAnUnknownGroupListsTheKnown(t *testing.T) {
	c := parse(t, "app = \"a\"\n[processes]\nweb = \"w\"\nworker = \"x\"")
	_, err := c.Machine("wrker")
	var unknown *flytoml.UnknownGroupError
	if !errors.As(err, &unknown) || !strings.Contains(err.Error(), `did you mean "worker"?`) || unknown.Hint() != "the groups are web, worker" {
		t.Errorf("got %v", err)
	}
}

func parse(t *testing.T, text string) flytoml.Config {
	t.Helper()
	c, _, err := flytoml.Parse("fly.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestFlyGosPresetsAreNotChanged(t *testing.T) {
	before, _ := json.Marshal(fly.MachinePresets)
	c := parse(t, "app = \"a\"\nhost_dedication_id = \"h\"\n[[vm]]\nsize = \"shared-cpu-1x\"\nmemory = \"2gb\"\n[deploy]\nrelease_command = \"x\"")
	m, _ := c.Machine("app")
	m.Guest.CPUs = 64
	c.ReleaseMachine().Guest.CPUs = 64
	if after, _ := json.Marshal(fly.MachinePresets); string(after) != string(before) {
		t.Errorf("they are %s", after)
	}
}

func TestTheCallerMayChangeAMachineConfig(t *testing.T) {
	c := parse(t, "app = \"a\"\nkill_timeout = 5\n[env]\nA = \"1\"\n[[files]]\nguest_path = \"/a\"\nraw_value = \"x\"\n"+web)
	first, _ := c.Machine("app")
	want, _ := json.Marshal(first)
	first.Env["A"], first.Files[0].GuestPath, first.Services[0].InternalPort, first.StopConfig.Timeout.Duration = "2", "/b", 9, 1
	again, _ := c.Machine("app")
	if got, _ := json.Marshal(again); string(got) != string(want) {
		t.Errorf("got %s", got)
	}
}

func TestTheReleaseMachineHasTheSizeItNeeds(t *testing.T) {
	const command = "app = \"a\"\n[deploy]\nrelease_command = \"x\"\n"
	small, big := &fly.MachineGuest{CPUKind: "shared", CPUs: 1, MemoryMB: 256}, &fly.MachineGuest{CPUKind: "shared", CPUs: 1, MemoryMB: 1024}
	for reason, c := range map[string]struct {
		text    string
		running []*fly.MachineGuest
		want    int
	}{
		"that of its section":          {command + "release_command_vm = { memory = \"4gb\" }", []*fly.MachineGuest{small, big}, 4096},
		"that of the largest":          {command, []*fly.MachineGuest{small, nil, big}, 1024},
		"512 MB when nothing runs":     {command, nil, 512},
		"512 MB when sizes are hidden": {command, []*fly.MachineGuest{nil}, 512},
	} {
		if got := parse(t, c.text).ReleaseMachine(c.running...).Guest.MemoryMB; got != c.want {
			t.Errorf("%s: got %d MB, want %d", reason, got, c.want)
		}
	}
	if m := parse(t, `app = "a"`).ReleaseMachine(); m != nil {
		t.Errorf("no command, yet a machine: %v", m)
	}
}
