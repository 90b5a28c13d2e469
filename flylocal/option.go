package flylocal

import (
	"log/slog"
	"time"

	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// Option changes how a Fly is made.
type Option func(*options)

type options struct {
	host    func(engineToken string) (control.Host, error)
	dir     string
	port    int
	version string
	log     *slog.Logger
	regions []string
	backoff time.Duration
	limits  bool
	idle    time.Duration
}

// WithScript runs machines by script, in memory. Without any option everything works at once.
func WithScript(s scripted.Script) Option { return WithHost(scripted.New(s)) }

// WithHost runs machines on a host.
func WithHost(h control.Host) Option {
	return func(o *options) { o.host = func(string) (control.Host, error) { return h, nil } }
}

// WithEngine runs machines on a host that pulls images from this Fly's registry with the given token.
func WithEngine(open func(token string) (control.Host, error)) Option {
	return func(o *options) { o.host = open }
}

// WithState keeps everything in a folder, where the next Fly finds it. Without it nothing stays.
func WithState(dir string) Option { return func(o *options) { o.dir = dir } }

// WithPort tells the port this Fly is reached at from the machine it runs on, as localhost:PORT.
// It is part of the names of what is made, and of image references. The default is 4280.
func WithPort(port int) Option { return func(o *options) { o.port = port } }

// WithLog sends what happens to a log.
func WithLog(l *slog.Logger) Option { return func(o *options) { o.log = l } }

// WithRegions names the regions; the first is the default. Without it there is fra alone.
func WithRegions(codes ...string) Option { return func(o *options) { o.regions = codes } }

// WithBackoff is the pause before a crashed machine is started again; it doubles each time.
func WithBackoff(d time.Duration) Option { return func(o *options) { o.backoff = d } }

// WithIdle is how long a machine that nobody asks keeps running where autostop is on. The default is five minutes.
func WithIdle(d time.Duration) Option { return func(o *options) { o.idle = d } }

// WithRateLimits answers 429 as Fly does: one request a second for each action on a machine, three at once.
func WithRateLimits() Option { return func(o *options) { o.limits = true } }

// WithVersion is what /_flylocal tells.
func WithVersion(v string) Option { return func(o *options) { o.version = v } }
