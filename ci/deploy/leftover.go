package deploy

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/superfly/fly-go"

	"github.com/renewa/pipeline/ci/history"
)

// leftover tells the machines that a killed run left beside those that serve: canaries, green ones that were
// not yet sure to take over, or blue ones that were already on their way out. It is never all of them.
func leftover(ctx context.Context, platform Platform, app string, serving []*fly.Machine) ([]*fly.Machine, error) {
	green, err := unfinished(ctx, platform, app, serving)
	if err != nil {
		return nil, err
	}
	forward := slices.ContainsFunc(serving, retired)
	var left []*fly.Machine
	for _, m := range serving {
		isGreen := green > 0 && number(m) == green
		if m.GetMetadataByKey(metaCanary) == "true" || retired(m) || green > 0 && isGreen != forward {
			left = append(left, m)
		}
	}
	if len(left) == len(serving) {
		return nil, nil
	}
	return left, nil
}

// unfinished is the number of the release whose green machines stand beside others without having come to
// its end; 0 when there is none.
func unfinished(ctx context.Context, platform Platform, app string, serving []*fly.Machine) (int, error) {
	newest, others := 0, false
	for _, m := range serving {
		n := number(m)
		others = others || n != number(serving[0])
		newest = max(newest, n)
	}
	if newest == 0 || !others {
		return 0, nil
	}
	all, err := platform.History(ctx, app)
	if err != nil {
		return 0, fmt.Errorf("find out whether release %d of %s came to its end: %w", newest, app, err)
	}
	if slices.ContainsFunc(all, func(r history.Release) bool { return r.Version == newest && r.Status == history.Complete }) {
		return 0, nil
	}
	return newest, nil
}

// number is that of the release that made a machine beside others; 0 for any other machine.
func number(m *fly.Machine) int {
	n, _ := strconv.Atoi(m.GetMetadataByKey(metaGreen))
	return n
}

// retired: marked to go, in Fly's own words.
func retired(m *fly.Machine) bool {
	return m.GetMetadataByKey("fly_bluegreen_deployment_tag") == "safe_to_destroy"
}

// without are the machines of a list that are not in another.
func without(all, other []*fly.Machine) []*fly.Machine {
	return slices.DeleteFunc(slices.Clone(all), func(m *fly.Machine) bool { return slices.Contains(other, m) })
}
