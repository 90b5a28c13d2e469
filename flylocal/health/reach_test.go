package health_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/renewa/pipeline/flylocal/cloud"
	"github.com/renewa/pipeline/flylocal/health"
)

func TestAServiceThatOthersCannotReachIsFound(t *testing.T) {
	for reason, c := range map[string]struct {
		listens []string
		want    string
	}{
		"both at once":          {[]string{"[::]:80"}, ""},
		"both, one by one":      {[]string{"0.0.0.0:80", "[::]:80"}, ""},
		"nobody, yet":           {nil, ""},
		"another port":          {[]string{"0.0.0.0:81"}, ""},
		"IPv4 alone":            {[]string{"0.0.0.0:80"}, "IPv4 only"},
		"localhost alone":       {[]string{"127.0.0.1:80"}, "localhost only"},
		"its own IPv6 as well":  {[]string{"0.0.0.0:80", "[fdaa::3]:80"}, ""},
		"localhost of IPv6 too": {[]string{"[::1]:80"}, "localhost only"},
	} {
		t.Run(reason, func(t *testing.T) {
			p := cloud.Process{}
			for _, a := range c.listens {
				p.Listens = append(p.Listens, cloud.Socket{Proto: "tcp", Address: a})
			}
			got := health.Reach([]cloud.Process{p}, 80)
			require.Contains(t, got, c.want)
			require.Equal(t, c.want == "", got == "")
		})
	}
}
