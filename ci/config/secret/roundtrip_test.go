package secret_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/renewa/pipeline/ci/config/secret"
)

// alphabet has the parts of values that parsers are known to change.
var alphabet = []string{"a", "Z", "0", " ", "\t", "\n", "\r", "\r\n", "$", "${X}", "$(x)", "#", " #", "=", `"`, `'`, "`", `\`, `\n`, `\\`, "é", "🔑", "{", "}", "%", "-----BEGIN", "\u2028", "\u0085"}

func randomValue(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(12) {
		b.WriteString(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

var doubleQuoted = strings.NewReplacer("\\", `\\`, `"`, `\"`, "\r", `\r`)

// writers has the formats in which every value can be written, by name.
var writers = map[string]func(map[string]string) string{
	"double quotes": func(m map[string]string) string {
		var b strings.Builder
		for name, v := range m {
			fmt.Fprintf(&b, "%s=\"%s\"\n", name, doubleQuoted.Replace(v))
		}
		return b.String()
	},
	"double quotes, CRLF": func(m map[string]string) string {
		var b strings.Builder
		for name, v := range m {
			fmt.Fprintf(&b, "export %s = \"%s\" # a comment\n", name, strings.ReplaceAll(doubleQuoted.Replace(v), "\n", `\n`))
		}
		return strings.ReplaceAll(b.String(), "\n", "\r\n")
	},
	"JSON": func(m map[string]string) string { text, _ := json.Marshal(m); return string(text) },
	"JSON by stage": func(m map[string]string) string {
		text, _ := json.MarshalIndent(map[string]any{"staging": m, "production": map[string]string{"X": "y"}}, "", "  ")
		return string(text)
	},
}

func TestEveryWrittenValueIsReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		want := map[string]string{}
		for i := range 1 + r.IntN(4) {
			want[fmt.Sprintf("NAME_%d", i)] = randomValue(r)
		}
		for how, write := range writers {
			file := write(want)
			set, err := secret.Parse([]byte(file), "staging")
			if err != nil {
				t.Fatalf("%s: %v in\n%s", how, err, file)
			}
			want := maps.Clone(want)
			if strings.HasPrefix(how, "JSON") { // an empty text in JSON was not given
				maps.DeleteFunc(want, func(_, value string) bool { return value == "" })
			}
			if got := revealAll(set); !maps.Equal(got, want) {
				t.Fatalf("%s: got %q, want %q", how, got, want)
			}
		}
	}
}

// FuzzParse requires that the files of all writers are read back unchanged, and that a file with an error gives no
// secrets.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"A=1", "A='x\ny'\nB=\"\\n\"", `{"A":"1"}`, `{"staging":{"A":"1","A":"2"}}`, "A-B=1\nX", "A=`1", "[x]\n", "{\"a\":[1,{}]}", "PIPELINE_STAGE=x"} {
		f.Add([]byte(seed), "hunter2hunter2")
	}
	f.Fuzz(func(t *testing.T, data []byte, value string) {
		set, err := secret.Parse(data, "staging")
		if err != nil {
			var parse *secret.ParseError
			var stage *secret.StageError
			if !errors.As(err, &parse) && !errors.As(err, &stage) {
				t.Fatalf("an error of no known type: %v", err)
			}
			if set.Len() > 0 {
				t.Fatal("an error came with secrets")
			}
			return
		}
		if _, ok := set.Get(secret.Stamp); ok {
			t.Fatal("the stamp is in the set")
		}
		if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
			return
		}
		for how, write := range writers {
			file := write(map[string]string{"A": value})
			again, err := secret.Parse([]byte(file), "staging")
			if err != nil || revealAll(again)["A"] != value {
				t.Fatalf("%s: %q became %q, %v", how, value, revealAll(again)["A"], err)
			}
		}
	})
}

// Errors appear in public logs.
func TestNoErrorHoldsAPieceOfAValue(t *testing.T) {
	const value = "hunter2hunter2"
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		file := []byte(writers[[]string{"double quotes", "JSON", "JSON by stage"}[r.IntN(3)]](map[string]string{"A": value + randomValue(r) + value, "B": value}))
		for range 1 + r.IntN(3) { // break it in a few places
			file[r.IntN(len(file))] = "\"'\n{}[]=:,\\A "[r.IntN(13)]
		}
		if _, err := secret.Parse(file, "staging"); err != nil && strings.Contains(err.Error(), "hunter2h") {
			t.Fatalf("%v\nin\n%s", err, file)
		}
	}
}
