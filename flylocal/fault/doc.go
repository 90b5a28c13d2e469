// Package fault makes calls and machines fail on demand, so that clients can be tested for it.
//
// A test that holds a Fly adds faults with fly.Faults().Add. Any other client posts the same as JSON to
// /_flylocal/faults with an org token, lists what is still to happen with GET, and ends it with DELETE. The README of
// flylocal has a curl line for each.
//
// A fault of a call hits the Nth call that matches its method and path, and Times calls from then on. The call gets a
// Status (408, 409, 412, 429, 500, 502, 503, 504, with the text that Fly has for it, or any other from 400 to 599), or
// the fault has a Kind:
//
//	cut                    the connection ends without an answer
//	no-memory              408 could not reserve resource for machine
//	insufficient-capacity  412 with the status that Fly's clients look for
//	hang                   no answer for Seconds, then 408
//	lost                   the call is carried out, and then answered with 408: a client that repeats it does it twice
//
// Other kinds happen to machines of App, or of any app, Times times:
//
//	slow-start     a machine is `starting` for Seconds (5) before its process runs
//	crash-loop     a process is killed as soon as it runs; the restart policy decides what follows
//	silent-revert  an update is acknowledged and undone: instance, config and image are the old ones again
//
// Rate limits are no fault: a Fly made with flylocal.WithRateLimits has them, {"rate_limits": true} switches them
// on, false off.
package fault
