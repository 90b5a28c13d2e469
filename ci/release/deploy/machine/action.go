package machine

// Action is the kind of change that a deploy makes to one machine.
type Action string

// The actions.
const (
	Keep    Action = "keep"    // the machine already is as requested
	Update  Action = "update"  // same machine, new configuration
	Create  Action = "create"  // the group has too few machines
	Destroy Action = "destroy" // fly.toml no longer has the group, or another machine has replaced this one
)
