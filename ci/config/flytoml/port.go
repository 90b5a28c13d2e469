package flytoml

import (
	"math"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/config/tomlfile"
)

var handlers = []string{"http", "tls", "pg_tls", "proxy_proto", "edge_http"}

func (r *reader) servicePort(t *tomlfile.Table) fly.MachinePort {
	p := fly.MachinePort{
		Port:        r.port(t, "port"),
		StartPort:   r.port(t, "start_port"),
		EndPort:     r.port(t, "end_port"),
		Handlers:    t.Strings("handlers"),
		ForceHTTPS:  tomlfile.Or(t.Bool("force_https"), false),
		TLSOptions:  r.tlsOptions(t.Table("tls_options")),
		HTTPOptions: r.httpOptions(t.Table("http_options")),
	}
	if proxy := t.Table("proxy_proto_options"); proxy != nil {
		p.ProxyProtoOptions = &fly.ProxyProtoOptions{Version: tomlfile.Or(r.oneOf(proxy, "version", "v1", "v2"), "")}
	}
	switch ranged := t.Has("start_port") || t.Has("end_port"); {
	case t.Has("port") && ranged:
		t.Refuse("port", "port and start_port or end_port are both set: use one port, or a range")
	case !t.Has("port") && !ranged:
		t.Refuse("", "port is missing, or start_port and end_port")
	case ranged && tomlfile.Or(p.StartPort, 0) > tomlfile.Or(p.EndPort, math.MaxInt):
		t.Refuse("start_port", "must not be above end_port")
	}
	for _, h := range p.Handlers {
		if !isOneOf(h, handlers) {
			r.warn(t, "handlers", "Fly has no handler %q that we know", h)
		}
	}
	if p.ForceHTTPS && !isOneOf("http", p.Handlers) {
		r.warn(t, "force_https", "only a port with the handler http can redirect to https: add the handler")
	}
	return p
}

func (r *reader) tlsOptions(t *tomlfile.Table) *fly.TLSOptions {
	if t == nil {
		return nil
	}
	return &fly.TLSOptions{
		ALPN:              t.Strings("alpn"),
		Versions:          t.Strings("versions"),
		DefaultSelfSigned: t.Bool("default_self_signed"),
	}
}

func (r *reader) httpOptions(t *tomlfile.Table) *fly.HTTPOptions {
	if t == nil {
		return nil
	}
	o := &fly.HTTPOptions{
		Compress:           t.Bool("compress"),
		H2Backend:          t.Bool("h2_backend"),
		IdleTimeout:        r.seconds(t, "idle_timeout"),
		HeadersReadTimeout: r.seconds(t, "headers_read_timeout"),
	}
	if response := t.Table("response"); response != nil {
		o.Response = &fly.HTTPResponseOptions{Pristine: response.Bool("pristine"), Headers: r.responseHeaders(response)}
	}
	for _, cache := range t.Tables("replay_cache") {
		o.ReplayCache = append(o.ReplayCache, fly.ReplayCache{
			PathPrefix:  tomlfile.Or(cache.String("path_prefix"), ""),
			TTLSeconds:  tomlfile.Or(r.atLeast(cache, "ttl_seconds", 0), 0),
			Type:        tomlfile.Or(r.oneOf(cache, "type", "cookie", "header"), ""),
			Name:        tomlfile.Or(cache.String("name"), ""),
			AllowBypass: tomlfile.Or(cache.Bool("allow_bypass"), false),
		})
	}
	return o
}

// responseHeaders returns response headers by name: a text or a list of texts sets the header, false removes it.
func (r *reader) responseHeaders(t *tomlfile.Table) map[string]any {
	headers := map[string]any{}
	h := t.Table("headers")
	for _, name := range h.Keys() {
		switch v := h.Any(name).(type) {
		case string, bool:
			headers[name] = v
		case []any:
			headers[name] = h.Strings(name)
		default:
			h.Refuse(name, "must be text, a list of texts, or false, not %s", tomlfile.Kind(v))
		}
	}
	if len(headers) == 0 {
		return nil
	}
	return headers
}

func (r *reader) seconds(t *tomlfile.Table, key string) *uint32 {
	n := r.atLeast(t, key, 0)
	if n == nil || *n < 0 || *n > math.MaxUint32 {
		return nil
	}
	seconds := uint32(*n)
	return &seconds
}
