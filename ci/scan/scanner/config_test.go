package scanner_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/ci/scan/scanner"
)

// flyFindings are the rules and lines of what is found in one fly.toml.
func flyFindings(t *testing.T, text string) map[string]int {
	t.Helper()
	results := recorded(t, map[string]string{"config.json": "config.json"})
	results["config.json"].Data = []byte(`{"SchemaVersion": 2, "ArtifactType": "filesystem"}`)
	results["fly/fly.toml"] = &fstest.MapFile{Data: []byte(text)}
	found, err := scanner.TrivyConfig("Dockerfile", time.Minute).Found(results, passed)
	require.NoError(t, err)
	list := map[string]int{}
	for _, f := range found.Findings {
		require.Equal(t, "fly.toml", f.Places[0].Path)
		require.NotEmpty(t, f.Fix)
		list[f.Rule] = f.Places[0].Line
	}
	return list
}

const checks = "[[http_service.checks]]\npath = \"/\"\n"

func TestAFlyTomlIsMisconfiguredWhen(t *testing.T) {
	for reason, c := range map[string]struct {
		text string
		want map[string]int
	}{
		"requests without TLS are accepted": {"[http_service]\ninternal_port = 8080\n" + checks, map[string]int{"fly-plain-http": 1}},
		"TLS is switched off":               {"[http_service]\nforce_https = false\n" + checks, map[string]int{"fly-plain-http": 2}},
		"it has no health check":            {"[http_service]\nforce_https = true\n", map[string]int{"fly-no-health-check": 1}},
		"a secret is in env":                {"[env]\nNODE_ENV = \"production\"\nSTRIPE_API_KEY = \"x\"\n", map[string]int{"fly-secret-in-env": 3}},
		"a port takes http":                 {"[[services]]\ninternal_port = 80\n[[services.ports]]\nhandlers = [\"http\"]\n[[services.tcp_checks]]\n", map[string]int{"fly-plain-http": 3}},
		"a database is open to all":         {"[[services]]\ninternal_port = 5432\n[[services.ports]]\nport = 5432\n[[services.tcp_checks]]\n", map[string]int{"fly-public-database": 3}},
		"a service has no health check":     {"[[services]]\ninternal_port = 80\n[[services.ports]]\nport = 443\nhandlers = [\"tls\"]\n", map[string]int{"fly-no-health-check": 1}},
	} {
		t.Run(reason, func(t *testing.T) { require.Equal(t, c.want, flyFindings(t, c.text)) })
	}
}

func TestAFlyTomlIsFineWhen(t *testing.T) {
	for reason, text := range map[string]string{
		"it redirects and has a health check": "[http_service]\nforce_https = true\n" + checks,
		"a port redirects":                    "[[services]]\ninternal_port = 80\n[[services.ports]]\nhandlers = [\"http\"]\nforce_https = true\n[[services.tcp_checks]]\n",
		"a database has no public port":       "[[services]]\ninternal_port = 5432\n",
		"a variable is no secret":             "[env]\nTOKEN_LIFETIME = \"1h\"\nSECRET_NAME = \"x\"\nAPI_KEY = \"\"\n",
		"it serves nobody":                    "[processes]\nworker = \"work\"\n",
	} {
		t.Run(reason, func(t *testing.T) { require.Empty(t, flyFindings(t, text)) })
	}
}

func TestAFlyTomlThatCannotBeReadIsNotFine(t *testing.T) {
	results := recorded(t, map[string]string{"config.json": "config.json"})
	results["fly/fly.toml"] = &fstest.MapFile{Data: []byte("[http_service")}
	_, err := scanner.TrivyConfig("Dockerfile", time.Minute).Found(results, passed)
	require.ErrorContains(t, err, "trivy-config did not scan: fly.toml:1: ")
	delete(results, "fly/fly.toml")
	_, err = scanner.TrivyConfig("Dockerfile", time.Minute).Found(results, passed)
	require.ErrorContains(t, err, "trivy-config did not scan: ", "the folder with them is missing")
}
