package pipeline_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/renewa/pipeline/ci/config/pipeline"
)

func ExampleConfig_Stage() {
	f, _ := pipeline.Parse("pipeline.toml", []byte(minimal))
	_, err := f.Stage("prodution")
	fmt.Println(err)
	var unknown *pipeline.UnknownStageError
	if errors.As(err, &unknown) {
		fmt.Println(unknown.Hint())
	}
	// Output:
	// unknown environment "prodution", did you mean "production"?
	// the environments are staging, production
}

func TestTwoEnvironmentsMustNotBeOneApp(t *testing.T) {
	const text = minimal + `
[preview]
config = "fly.preview.toml"
org = "acme"
database = { app = "shop-db", name = "shop_pr", owner = "o", user = "u", image = "postgres:17" }
`
	for reason, c := range map[string]struct {
		apps map[string]string
		want string
	}{
		"all differ":              {map[string]string{"staging": "a", "production": "b", "preview": "c"}, ""},
		"an app is not known yet": {map[string]string{"staging": "a"}, ""},
		"two stages": {
			map[string]string{"staging": "a", "production": "a", "preview": "c"},
			"pipeline.toml:9: environment staging and environment production are both the app a: one deploy would replace the other",
		},
		"a preview's template": {
			map[string]string{"staging": "a", "production": "b", "preview": "b"},
			"pipeline.toml:16: environment production and environment preview are both the app b: one deploy would replace the other",
		},
		"a stage and a database": {
			map[string]string{"staging": "shop-db", "production": "b", "preview": "c"},
			"pipeline.toml:9: environment staging and the database of production are both the app shop-db: one deploy would replace the other",
		},
	} {
		d := read(t, text)
		for _, s := range d.Stages() {
			d.Claim(s, c.apps[s.Name])
		}
		_, err := d.Config()
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v", reason, err)
		}
	}
}

func TestTwoEnvironmentsMustNotShareADatabase(t *testing.T) {
	_, err := pipeline.Parse("pipeline.toml", []byte(minimal+`
[[stage]]
name = "third"
config = "fly.third.toml"
org = "acme"
database = { app = "shop-db", name = "shop", owner = "o", user = "u", image = "postgres:17" }

[preview]
config = "fly.preview.toml"
org = "acme"
database = { app = "shop-db", name = "shop", owner = "o", user = "u", image = "postgres:17" }
`))
	want := `pipeline.toml:20: stage[2].database: environment "production" on line 9 already uses this database, so both would share their data: name another database
pipeline.toml:25: preview.database: environment "production" already uses this database: choose another name, to which each preview adds its number`
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}

func TestAPullRequestHasAnEnvironmentOfItsOwn(t *testing.T) {
	f := parse(t, minimal+`
[preview]
config = "fly.preview.toml"
org = "acme"
database = { app = "shop-db", name = "shop_pr", owner = "o", user = "u", image = "postgres:17" }
`)
	seven, err := f.Preview(7)
	if err != nil {
		t.Fatal(err)
	}
	eight, _ := f.Preview(8)
	for what, pair := range map[string][2]string{
		"its name":           {seven.Name, "pr-7"},
		"its app":            {seven.AppName("shop-pr"), "shop-pr-7"},
		"its database":       {seven.Database.Name, "shop_pr_7"},
		"the next one's":     {eight.Database.Name, "shop_pr_8"},
		"its secrets' stamp": {seven.SecretStage(), "preview"},
		"a stage's app":      {f.First().AppName("shop"), "shop"},
		"a stage's stamp":    {f.First().SecretStage(), "staging"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
	if _, err := f.Stage("pr-7"); err == nil {
		t.Error("an image can be promoted to a preview")
	}
}

func TestAnInvalidPreviewIsRefused(t *testing.T) {
	without := parse(t, minimal)
	if _, err := without.Preview(7); err == nil || !strings.Contains(err.Error(), "has no [preview]") {
		t.Errorf("got %v", err)
	}
	with := parse(t, minimal+"[preview]\nconfig = \"fly.preview.toml\"\norg = \"acme\"\n")
	if _, err := with.Preview(0); err == nil {
		t.Error("pull request 0 has a preview")
	}
}
