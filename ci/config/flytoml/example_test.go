package flytoml_test

import (
	"fmt"

	"github.com/renewa/pipeline/ci/config/flytoml"
)

func ExampleParse() {
	c, warnings, err := flytoml.Parse("fly.toml", []byte(`
app = "shop"
[http_service]
internal_port = 8080
min_machine_running = 2
`))
	fmt.Println(err, warnings)
	m, _ := c.WithImage("registry.fly.io/shop@sha256:…").Machine("app")
	fmt.Println(m.Image, m.Services[0].InternalPort, m.Env)
	// Output:
	// <nil> [fly.toml:5: http_service.min_machine_running: unknown key, did you mean "min_machines_running"?]
	// registry.fly.io/shop@sha256:… 8080 map[FLY_PROCESS_GROUP:app]
}
