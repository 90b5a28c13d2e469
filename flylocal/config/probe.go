package config

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Probes returns all health checks of a config, those of its services first, with the names Fly gives them.
func (c Config) Probes() []Probe {
	var all []Probe
	for i, s := range c.Services {
		for _, p := range s.Checks {
			p.Port, p.Type, p.Service = cmp.Or(p.Port, s.Port), cmp.Or(p.Type, "tcp"), true
			p.Name = fmt.Sprintf("servicecheck-%02d-%s-%d", i, p.Type, p.Port)
			all = append(all, p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Checks)) {
		p := c.Checks[name]
		if len(c.Services) > 0 {
			p.Port = cmp.Or(p.Port, c.Services[0].Port)
		}
		p.Name, p.Service = name, p.Kind == "readiness"
		all = append(all, p)
	}
	return all
}
