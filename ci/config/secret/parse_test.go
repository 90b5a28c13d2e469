package secret_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/renewa/pipeline/ci/config/secret"
)

func revealAll(s secret.Set) map[string]string {
	m := map[string]string{}
	for name, v := range s.All() {
		m[name] = v.Reveal()
	}
	return m
}

func TestValuesArriveUnchanged(t *testing.T) {
	const pem = "-----BEGIN KEY-----\nabc+/=\n-----END KEY-----\n"
	for reason, c := range map[string]struct{ file, want string }{
		"a plain word":                     {`A=word`, "word"},
		"no line end at the end":           {"A=word\n", "word"},
		"equal signs":                      {`A=a=b==`, "a=b=="},
		"a URL with everything":            {`A=postgres://u:p%40$s@h:5432/d?x=1&y=2#f`, "postgres://u:p%40$s@h:5432/d?x=1&y=2#f"},
		"a dollar stays":                   {`A=$HOME${PATH}$(id)`, "$HOME${PATH}$(id)"},
		"a dollar in double quotes stays":  {`A="$HOME ${PATH:-x}"`, "$HOME ${PATH:-x}"},
		"a number sign inside a word":      {`A=a#b`, "a#b"},
		"a number sign first":              {`A=#b`, "#b"},
		"a number sign in quotes":          {`A="a #b" # a comment`, "a #b"},
		"spaces inside":                    {`A=two words`, "two words"},
		"spaces around are dropped":        {"A = \t word \t", "word"},
		"spaces in quotes are kept":        {`A="  word  "`, "  word  "},
		"quotes inside":                    {`A=a"b'c`, `a"b'c`},
		"double quotes in single ones":     {`A='a"b'`, `a"b`},
		"single quotes in double ones":     {`A="a'b"`, `a'b`},
		"JSON in single quotes":            {`A='{"k":"v\n"}'`, `{"k":"v\n"}`},
		"the six escapes":                  {`A="\n\r\t\"\\\$"`, "\n\r\t\"\\$"},
		"a backslash in single quotes":     {`A='C:\new'`, `C:\new`},
		"a backslash without quotes":       {`A=C:\new`, `C:\new`},
		"two backslashes before the quote": {`A="a\\"`, `a\`},
		"empty":                            {`A=`, ""},
		"empty quotes":                     {`A=""`, ""},
		"export":                           {`export A=word`, "word"},
		"several lines in single quotes":   {"A='" + pem + "'", pem},
		"several lines in double quotes":   {"A=\"" + pem + "\"", pem},
		"comments and empty lines around":  {"# hello = world\n\n  # again\nA=word\n\n", "word"},
		"a comment's look inside quotes":   {"A='\n# no comment\nB=2\n'", "\n# no comment\nB=2\n"},
		"a no-break space is a letter":     {"A=word\u00a0", "word\u00a0"},
		"letters of the world":             {`A=pässwörd→🔑`, "pässwörd→🔑"},
		"a CRLF file":                      {"# x\r\nA=word\r\n", "word"},
		"a CRLF file, quoted":              {"A='one\r\ntwo'\r\n", "one\ntwo"},
		"a byte order mark":                {"\ufeffA=word", "word"},
		"a JSON text":                      {`{"A":"a\n\"$x #y=é"}`, "a\n\"$x #y=é"},
		"a JSON text under its stage":      {`{"staging":{"A":"word"},"production":{"A":"other"}}`, "word"},
		"a JSON null was not given":        {`{"B":null,"A":"word"}`, "word"},
		"an empty JSON text was not given": {`{"staging":{"A":"word","B":""}}`, "word"},
		"stamped for this stage":           {"PIPELINE_STAGE=staging\nA=word", "word"},
		"stamped inside its stage":         {`{"staging":{"PIPELINE_STAGE":"staging","A":"word"}}`, "word"},
		"JSON after blank lines":           {"\n\n  {\"A\":\"word\"}\n", "word"},
	} {
		t.Run(reason, func(t *testing.T) {
			set, err := secret.Parse([]byte(c.file), "staging")
			if err != nil {
				t.Fatal(err)
			}
			if got, want := revealAll(set), (map[string]string{"A": c.want}); !maps.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestEveryProblemHasItsLine(t *testing.T) {
	for reason, c := range map[string]struct{ file, want string }{
		"an empty file":              {"", "line 1: the file given to --secrets is empty"},
		"a blank file":               {" \n\t\r\n", "line 1: the file given to --secrets is empty"},
		"a file in another encoding": {"\xff\xfeA\x00", "line 1: it is not UTF-8 text"},
		"a zero byte":                {"A=1\nB=\x002", "line 2: it holds a zero byte"},
		"a line without =":           {"A=1\nhunter2", "line 2: the line has no ="},
		"a name with a dash":         {"A-B=hunter2", "line 1: the name before ="},
		"a name that begins with 1":  {"1A=hunter2", "line 1: the name before ="},
		"no name":                    {"=hunter2", "line 1: the name before ="},
		"a name twice":               {"A=1\nB=2\n\nA=hunter2", "line 4: A is already on line 1"},
		"an open quote":              {"B=1\nA=\"hunter2\n", "line 2: A: its quote is never closed"},
		"text after a quote":         {`A="hunter2" x`, "line 1: A: text follows the closing quote"},
		"a strange escape":           {`A="\d"`, "line 1: A: a backslash in double quotes"},
		"a backquote":                {"A=`hunter2`", "line 1: A: backquotes"},
		"a comment behind a word":    {"A=hunter2 # x", "line 1: A: a bare value with a space before #"},
		"a section":                  {"[staging]\nA=1", "line 1: dotenv has no sections"},
		"after a value of lines":     {"A='1\n2\n3'\nhunter2", "line 4: the line has no ="},
		"a JSON number":              {"{\n\"A\": 5}", "line 2: A must be text in quotes, not a number"},
		"a JSON truth":               {`{"A":true}`, "not true or false"},
		"a JSON list":                {`{"A":["hunter2",{"x":[1]}]}`, "not a list"},
		"an object in a stage":       {`{"staging":{"A":{"B":"hunter2"}}}`, "not an object"},
		"a JSON name twice":          {"{\"A\":\"1\",\n\"A\":\"hunter2\"}", "line 2: A is already on line 1"},
		"a JSON null and a value":    {`{"A":null,"A":"hunter2"}`, "A is already on line 1"},
		"a JSON stage twice":         {`{"staging":{"A":"1"},"staging":{"A":"2"}}`, "this environment is in the file twice"},
		"a JSON name with a dash":    {`{"A-B":"hunter2"}`, "this name must be letters"},
		"a JSON zero byte":           {`{"A":"\u0000"}`, "A holds a zero byte"},
		"broken JSON":                {"{\"A\":\n\"hunter2\" \"B\"}", "line 2: this is not JSON"},
		"JSON cut off":               {`{"A":"hunter2`, "line 1: the JSON ends too early"},
		"JSON and more":              {`{"A":"1"} hunter2`, "line 1:"},
		"two JSON objects":           {`{"A":"1"}{"B":"2"}`, "text follows the closing brace of the JSON"},
		"another stage only":         {`{"production":{"A":"hunter2"}}`, `the secrets have the environments production, but not "staging"`},
		"a name beside stages":       {`{"A":"hunter2","staging":{"B":"1"}}`, "A is outside of the environments"},
		"a stray stamp":              {`{"staging":{"A":"1"},"production":{"PIPELINE_STAGE":"hunter2"}}`, "PIPELINE_STAGE names another environment"},
	} {
		t.Run(reason, func(t *testing.T) {
			set, err := secret.Parse([]byte(c.file), "staging")
			var parse *secret.ParseError
			if !errors.As(err, &parse) || set.Len() != 0 {
				t.Fatalf("got %v, %v", set, err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %q, want %q in it", err, c.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("it contains the value: %v", err)
			}
		})
	}
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	_, err := secret.Parse([]byte("A=1\nA=2\nno equals\nB-C=3\nD=\"open\nE=`x`\n"), "staging")
	want := `read secrets:
  line 2: A is already on line 1
  line 3: the line has no =; a value over several lines needs quotes
  line 4: the name before = must be letters, digits and _, not beginning with a digit
  line 5: D: its quote is never closed
  line 6: E: backquotes mean different things to different readers: use ' or "`
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestSecretsOfAnotherEnvironmentAreRefused(t *testing.T) {
	for reason, file := range map[string]string{
		"dotenv":               "PIPELINE_STAGE=production\nA=1",
		"JSON":                 `{"PIPELINE_STAGE":"production","A":"1"}`,
		"JSON under the stage": `{"staging":{"PIPELINE_STAGE":"production","A":"1"}}`,
		"an empty stamp":       "PIPELINE_STAGE=\nA=1",
		"a JSON empty stamp":   `{"PIPELINE_STAGE":"","A":"1"}`,
		"a JSON null stamp":    `{"PIPELINE_STAGE":null,"A":"1"}`,
		"another spelling":     "PIPELINE_STAGE=Staging\nA=1",
	} {
		set, err := secret.Parse([]byte(file), "staging")
		var stage *secret.StageError
		if !errors.As(err, &stage) || stage.Stage != "staging" || set.Len() != 0 {
			t.Errorf("%s: got %v, %v", reason, set, err)
		}
	}
}

func TestASetWithoutAStampFitsEveryEnvironment(t *testing.T) {
	for _, stage := range []string{"development", "staging", "preview"} {
		if set, err := secret.Parse([]byte("A=1"), stage); err != nil || set.Len() != 1 {
			t.Errorf("%s: got %v, %v", stage, set, err)
		}
	}
}

func ExampleParse() {
	set, err := secret.Parse([]byte("DATABASE_URL='postgres://renewa@db/renewa'\nJWT_SECRET=abc$def#ghi\n"), "staging")
	fmt.Println(set, err)
	_, err = secret.Parse([]byte("DATABASE_URL=\"postgres://\nJWT_SECRET\n"), "staging")
	fmt.Println(err)
	// Output:
	// {DATABASE_URL JWT_SECRET} <nil>
	// read secrets:
	//   line 1: DATABASE_URL: its quote is never closed
	//   line 2: the line has no =; a value over several lines needs quotes
}

func TestASetIsInTheOrderOfItsNames(t *testing.T) {
	set := secret.NewSet(map[string]string{"B": "2", "C": "3", "A": "1"})
	if got := set.Names(); !slices.Equal(got, []string{"A", "B", "C"}) {
		t.Errorf("got %v", got)
	}
	for name, v := range set.All() {
		if name != "A" || v.Reveal() != "1" {
			t.Errorf("the first is %s", name)
		}
		break
	}
}

func TestASetIsNotChangedByItsCopies(t *testing.T) {
	set := secret.NewSet(map[string]string{"A": "1", "B": "2"})
	with := set.With("A", secret.NewValue("9"))
	if v, _ := set.Get("A"); v.Reveal() != "1" || set.Len() != 2 {
		t.Error("the first set changed")
	}
	if v, _ := with.Get("A"); v.Reveal() != "9" || with.Len() != 2 {
		t.Error("With did not take")
	}
}
