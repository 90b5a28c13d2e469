//go:build acceptance

package acceptance

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAWrongCallIsRefusedWithAdviceAndMovesNothing(t *testing.T) {
	t.Parallel()
	w := deployed(t)
	before := w.everything(t)
	other := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:"+testPort+"/_flylocal", http.StatusFound))
	t.Cleanup(other.Close)
	deployWith := func(secrets string) command { return w.call("--secrets", secrets, "deploy", "--env", "development") }
	t.Run("it", func(t *testing.T) {
		for reason, c := range map[string]struct {
			call command
			want []string
		}{
			"a fresh build for a later stage": {
				w.call("--secrets", w.secrets(), "deploy", "--env", "staging"),
				[]string{"deploy to staging is refused: only development takes a new build", "dagger call promote --from development --to staging"},
			},
			"an unknown stage": {
				w.call("--secrets", w.secrets(), "deploy", "--env", "stagng"),
				[]string{`unknown environment "stagng"`, `did you mean "staging"`, "the environments are development, staging, production"},
			},
			"a promotion that skips a stage": {
				w.call("--secrets", w.secrets(), "promote", "--from", "development", "--to", "production"),
				[]string{"an image moves one environment at a time: development → staging → production"},
			},
			"an unknown format": {
				w.call("status", "--format", "yaml"),
				[]string{`unknown format "yaml": use text or json`},
			},
			"going back to what never ran well there": {
				w.call("--secrets", w.secrets(), "rollback", "--env", "staging", "--to", "sha256:0000"),
				[]string{"no successful release of this app has the image sha256:0000. Nothing was changed", "Successful releases you can go back to:\n"},
			},
			"going back to a tag": {
				w.call("--secrets", w.secrets(), "rollback", "--env", "staging", "--to", "v1"),
				[]string{"\"v1\" is no digest, and a tag may name another image today", "Successful releases you can go back to:\n"},
			},
			"no secrets": {
				w.dagger(another(t), "call", "--progress=logs", "--fly", "tcp://127.0.0.1:"+testPort, "--token", "file://"+w.token(), "deploy", "--env", "development"),
				[]string{"no secrets were given for environment development: add --secrets", "DATABASE_URL, DATABASE_URL_MIGRATION, ENCRYPTION_MASTER_KEY, JWT_SECRET"},
			},
			"a secrets file that is not there": {
				deployWith("file://" + filepath.Join(t.TempDir(), "none.json")),
				[]string{"--secrets (PIPELINE_SECRETS in .env): the file ", "none.json does not exist"},
			},
			"an empty secrets file": {
				deployWith(file(t, "")),
				[]string{"read secrets:", "the file given to --secrets is empty: write NAME=value lines, or a JSON object"},
			},
			"a malformed secrets file, without its values": {
				deployWith(file(t, "DATABASE_URL=x\nJWT_SECRET=\"planted-9134\nno end")),
				[]string{"read secrets:", "line 2"},
			},
			"an incomplete secrets file": {
				deployWith(file(t, `{"development":{"JWT_SECRET":"planted-9134"}}`)),
				[]string{"missing or empty: DATABASE_URL, DATABASE_URL_MIGRATION, ENCRYPTION_MASTER_KEY"},
			},
			"another stage's secrets": {
				deployWith(file(t, "PIPELINE_STAGE=production\nDATABASE_URL=a\nDATABASE_URL_MIGRATION=b\nJWT_SECRET=planted-9134\nENCRYPTION_MASTER_KEY=d\n")),
				[]string{"read secrets for environment development: PIPELINE_STAGE in them names another environment"},
			},
			"no token": {
				w.dagger(w.checkout, "call", "--progress=logs", "--fly", "tcp://127.0.0.1:"+testPort, "--token", file(t, "\n"), "status"),
				[]string{"no Fly token: the given token is empty"},
			},
			"a token file that is not there": {
				w.callAs("/nowhere/token", "status"),
				[]string{"--token (PIPELINE_TOKEN in .env): the file /nowhere/token does not exist"},
			},
			"a token of Fly.io for a local Fly": {
				w.callAs(strings.TrimPrefix(file(t, "FlyV1 fm2_planted-9134"), "file://"), "status"),
				[]string{"this token is not for flylocal, so it was not sent to the address of --fly"},
			},
			"a token of a local Fly for Fly.io": {
				w.dagger(another(t), "call", "--progress=logs", "--token", "file://"+w.token(), "status"),
				[]string{"this token is for flylocal, but no local Fly was given: add --fly"},
			},
			"a token that may only read": {
				w.callAs(w.tokenFor(t, "--scope", "read"), "--secrets", otherSecrets(t), "deploy", "--env", "development"),
				[]string{"The token lacks the permission"},
			},
			"a token of another app": {
				w.callAs(w.tokenFor(t, "--scope", "deploy", "--app", "renewa-app-staging"), "--secrets", w.secrets(), "deploy", "--env", "development"),
				[]string{"The token lacks the permission"},
			},
			"a token that this Fly never made": {
				w.callAs(strings.TrimPrefix(file(t, "flylocal_planted-9134"), "file://"), "status"),
				[]string{"401", "The token is wrong or has expired"},
			},
			"a port where nothing answers": {
				w.dagger(w.checkout, "call", "--progress=logs", "--fly", "tcp://127.0.0.1:4291", "--token", "file://"+w.token(), "status"),
				[]string{"`make up` starts"},
			},
			"a server that is not flylocal": {
				w.dagger(w.checkout, "call", "--progress=logs", "--fly", "tcp://"+other.Listener.Addr().String(), "--token", "file://"+w.token(), "status"),
				[]string{other.Listener.Addr().String() + " answers, but it is not flylocal: GET /_flylocal returns 302 Found", "`make up` starts"},
			},
		} {
			t.Run(reason, func(t *testing.T) {
				t.Parallel()
				wantRefusal(t, c.call.run(t), c.want...)
			})
		}
	})
	require.Equal(t, before, w.everything(t))
}

// wantRefusal wants a failure with these texts in its output and no value of a secret.
func wantRefusal(t testing.TB, s result, want ...string) {
	t.Helper()
	if s.code == 0 {
		t.Fatalf("it succeeded:\n%s", s.all)
	}
	for _, text := range want {
		if !strings.Contains(s.all, text) {
			t.Errorf("not in the output: %q:\n%s", text, s.all)
		}
	}
	if strings.Contains(s.all, "planted-9134") {
		t.Errorf("a secret is in the output:\n%s", s.all)
	}
}

// file writes a text to a file and returns its address for a secret.
func file(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "given")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return "file://" + name
}

// otherSecrets are a complete set of secrets with other values than the deployed ones.
func otherSecrets(t testing.TB) string {
	t.Helper()
	return file(t, `{"DATABASE_URL":"planted-9134","DATABASE_URL_MIGRATION":"planted-9134","JWT_SECRET":"planted-9134","ENCRYPTION_MASTER_KEY":"planted-9134"}`)
}

// tokenFor creates a token of this flylocal and returns the name of its file.
func (w *world) tokenFor(t testing.TB, args ...string) string {
	t.Helper()
	token := mustDocker(t, append([]string{"exec", "flylocal-" + testPort, "/flylocal", "token"}, args...)...)
	return strings.TrimPrefix(file(t, token), "file://")
}
