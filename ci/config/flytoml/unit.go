package flytoml

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

// duration reads a duration such as "15s", or a number without a unit. For such a number flyctl uses milliseconds in
// checks and seconds elsewhere, while fly-go's own type would read nanoseconds.
func (r *reader) duration(t *tomlfile.Table, key string, unit time.Duration) *fly.Duration {
	var d time.Duration
	switch v := t.Any(key).(type) {
	case nil:
		return nil
	case int64:
		if v > int64(math.MaxInt64/unit) || v < 0 {
			t.Refuse(key, "must be a duration that is not negative, as in \"15s\"")
			return nil
		}
		d = time.Duration(v) * unit
	case string:
		if v == "" {
			return nil // flyctl ignores it
		}
		var err error
		if d, err = time.ParseDuration(v); err != nil || d < 0 {
			t.Refuse(key, "%q is not a duration: write a number with ms, s, m or h, as in \"15s\"", v)
			return nil
		}
	default:
		t.Refuse(key, "must be a duration, as in \"15s\", not %s", tomlfile.Kind(v))
		return nil
	}
	return &fly.Duration{Duration: d}
}

var megabytes = map[string]float64{"": 1, "mb": 1, "mib": 1, "m": 1, "gb": 1024, "gib": 1024, "g": 1024}

// megabyte reads a size such as "512mb" or "2gb" and returns megabytes; a number without a unit counts bare megabytes
// each.
func (r *reader) megabyte(t *tomlfile.Table, key string, bare int) int {
	switch v := t.Any(key).(type) {
	case nil:
		return 0
	case int64:
		if v > 0 && v <= math.MaxInt32/int64(bare) {
			return int(v) * bare
		}
	case string:
		number := strings.TrimRight(strings.ToLower(v), "bgim ")
		factor, ok := megabytes[strings.TrimSpace(strings.ToLower(v)[len(number):])]
		if number == strings.ToLower(v) {
			factor = float64(bare)
		}
		n, err := strconv.ParseFloat(number, 64)
		if mb := n * factor; ok && err == nil && mb >= 1 && mb <= math.MaxInt32 && mb == math.Trunc(mb) {
			return int(mb)
		}
	}
	t.Refuse(key, "must be a size, as in \"512mb\" or \"2gb\"")
	return 0
}

// gigabyte reads the size of a volume and returns whole gigabytes. As in flyctl, 1000 MB are a gigabyte, and what is
// left is dropped.
func (r *reader) gigabyte(t *tomlfile.Table, key string) int {
	mb := r.megabyte(t, key, 1024)
	if mb%1024 == 0 {
		return mb / 1024
	}
	if mb < 1000 {
		t.Refuse(key, "must be whole gigabytes, as in \"10gb\"")
	}
	r.warn(t, key, "Fly uses %d GB: write whole gigabytes, as in \"10gb\"", mb/1000)
	return mb / 1000
}

// port reads a port number; nil when the key is absent.
func (r *reader) port(t *tomlfile.Table, key string) *int {
	n := t.Any(key)
	if text, ok := n.(string); ok { // older files write ports in quotes
		v, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			t.Refuse(key, "%q is not a port: ports are 1 to 65535", text)
			return nil
		}
		n = v
	}
	v, ok := n.(int64)
	if !ok {
		t.Int(key) // refuses another type
		return nil
	}
	if v < 1 || v > 65535 {
		t.Refuse(key, "%d is not a port: ports are 1 to 65535", v)
	}
	port := int(v)
	return &port
}

// atLeast reads a whole number with a lower bound.
func (r *reader) atLeast(t *tomlfile.Table, key string, least int) *int {
	n := t.Int(key)
	if n != nil && *n < least {
		t.Refuse(key, "must be at least %d", least)
	}
	return n
}

// oneOf reads a text that must be one of the given ones.
func (r *reader) oneOf(t *tomlfile.Table, key string, all ...string) *string {
	v := t.String(key)
	if v != nil && !isOneOf(*v, all) {
		t.Refuse(key, "must be %s, not %q", strings.Join(all, " or "), *v)
	}
	return v
}
