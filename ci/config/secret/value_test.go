package secret_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"github.com/renewa/pipeline/ci/config/secret"
)

const plain = "sw0rdfish"

// holder has values in every place of a Go type: exported and unexported fields, pointers, lists, maps and interfaces.
type holder struct {
	Exported secret.Value
	hidden   secret.Value
	Pointer  *secret.Value
	List     []secret.Value
	Map      map[string]secret.Value
	Any      any
	set      secret.Set
	Set      secret.Set
	Inner    struct{ value secret.Value }
}

func everywhere() map[string]any {
	v := secret.NewValue(plain)
	set := secret.NewSet(map[string]string{"JWT_SECRET": plain})
	h := holder{Exported: v, hidden: v, Pointer: &v, List: []secret.Value{v}, Map: map[string]secret.Value{"k": v}, Any: v, set: set, Set: set}
	h.Inner.value = v
	return map[string]any{
		"a value": v, "a pointer to one": &v, "a list": []secret.Value{v}, "a map": map[string]secret.Value{"k": v},
		"a set": set, "a pointer to a set": &set, "a struct": h, "a pointer to a struct": &h, "a pointer in an error": errors.Join(fmt.Errorf("it is %v", &h)),
	}
}

func refuseText(t *testing.T, how, printed string) {
	t.Helper()
	for form, text := range map[string]string{
		"plain": plain, "hex": fmt.Sprintf("%x", plain), "HEX": fmt.Sprintf("%X", plain), "bytes": strings.Trim(fmt.Sprintf("%d", []byte(plain)), "[]"),
	} {
		if strings.Contains(printed, text) {
			t.Errorf("%s opens the value as %s: %s", how, form, printed)
		}
	}
}

func TestNoVerbPrintsAValue(t *testing.T) {
	for where, v := range everywhere() {
		for _, verb := range strings.Fields("%v %+v %#v %s %+s %q %+q %#q %x %X % x %#x %d %c %U %t %e %b %o %p %T %20v %-20v %.3s %z") {
			refuseText(t, where+" with "+verb, fmt.Sprintf(verb, v))
		}
		refuseText(t, where+" with Sprint", fmt.Sprint(v)+fmt.Sprintln(v))
		refuseText(t, where+" in an error", fmt.Errorf("went wrong: %v", v).Error())
	}
}

func TestNoLogPrintsAValue(t *testing.T) {
	for where, v := range everywhere() {
		var out bytes.Buffer
		log.New(&out, "", 0).Printf("%v %+v", v, v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("hello", "key", v, slog.Group("group", "key", v))
		slog.New(slog.NewJSONHandler(&out, nil)).Info("hello", "key", v, slog.Group("group", "key", v))
		refuseText(t, where+" logged", out.String())
	}
}

func TestNoEncoderWritesAValue(t *testing.T) {
	for where, v := range everywhere() {
		text, _ := json.Marshal(v)
		refuseText(t, where+" as JSON", string(text))
		text, _ = xml.Marshal(v)
		refuseText(t, where+" as XML", string(text))
		var out bytes.Buffer
		_ = gob.NewEncoder(&out).Encode(v)
		_ = template.Must(template.New("").Parse("{{.}} {{printf `%s %x` . .}}")).Execute(&out, v)
		refuseText(t, where+" as gob or in a template", out.String())
	}
}

func TestAPrintedValueIsThreeStars(t *testing.T) {
	v := secret.NewValue(plain)
	asJSON, _ := json.Marshal(map[string]secret.Value{"a": v})
	for how, got := range map[string]string{
		"%v": fmt.Sprintf("%v", v), "%#v": fmt.Sprintf("%#v", v), "%x": fmt.Sprintf("%x", v), "%q": fmt.Sprintf("%q", v), "String": v.String(),
		"a struct": strings.Trim(fmt.Sprintf("%+v", struct{ A secret.Value }{v}), "{A:}"), "the zero value": fmt.Sprint(secret.Value{}),
		"a pointer": fmt.Sprint(&v), "JSON": strings.Trim(string(asJSON), `{"a:}`),
	} {
		if got != "***" {
			t.Errorf("%s prints %q", how, got)
		}
	}
}

func TestOnlyRevealReturnsTheValue(t *testing.T) {
	if got := secret.NewValue(plain).Reveal(); got != plain {
		t.Errorf("got %q", got)
	}
	if got := (secret.Value{}).Reveal(); got != "" {
		t.Errorf("the zero value holds %q", got)
	}
	if !secret.NewValue("a").Equal(secret.NewValue("a")) || secret.NewValue("a").Equal(secret.NewValue("b")) {
		t.Error("Equal is not equality")
	}
}

func ExampleValue() {
	password := secret.NewValue("correct horse battery staple")
	fmt.Printf("%v %+v %#v %q %x\n", password, password, password, password, password)
	// Output: *** *** *** *** ***
}
