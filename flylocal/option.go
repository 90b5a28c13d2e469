package flylocal

import (
	"log/slog"
	"time"

	"github.com/renewa/pipeline/flylocal/control"
	"github.com/renewa/pipeline/flylocal/scripted"
)

// Option is an option of New.
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

// WithScript runs machines by script, in memory.
func WithScript(s scripted.Script) Option { return WithHost(scripted.New(s)) }

// WithHost runs machines on a host.
func WithHost(h control.Host) Option {
	return func(o *options) { o.host = func(string) (control.Host, error) { return h, nil } }
}

// WithEngine runs machines on a host that pulls images from this Fly's registry with the given token.
func WithEngine(open func(token string) (control.Host, error)) Option {
	return func(o *options) { o.host = open }
}

// WithState keeps apps and images in a folder, for the next Fly. Without it they are gone after Close.
func WithState(dir string) Option { return func(o *options) { o.dir = dir } }

// WithPort sets the port at which this machine reaches the Fly, as localhost:PORT. The port is part of image references
// and of the names of containers, networks and volumes. The default is 4280.
func WithPort(port int) Option { return func(o *options) { o.port = port } }

// WithLog sets the log.
func WithLog(l *slog.Logger) Option { return func(o *options) { o.log = l } }

// WithRegions sets the regions; the first is the default of new machines. Without it there is fra alone.
func WithRegions(codes ...string) Option { return func(o *options) { o.regions = codes } }

// WithBackoff sets the pause before a crashed machine is started again; it doubles each time.
func WithBackoff(d time.Duration) Option { return func(o *options) { o.backoff = d } }

// WithIdle sets how long a machine with autostop keeps running without a request. The default is five minutes.
func WithIdle(d time.Duration) Option { return func(o *options) { o.idle = d } }

// WithRateLimits makes the Fly answer 429 as Fly.io does: one request a second for each action on a machine, three at once.
func WithRateLimits() Option { return func(o *options) { o.limits = true } }

// WithVersion sets the version that GET /_flylocal answers.
func WithVersion(v string) Option { return func(o *options) { o.version = v } }
