// Package fault lets things go wrong on demand, so that clients can be tested for it.
//
// A test that holds a Fly adds faults with fly.Faults().Add; any other client posts the same as JSON to
// /_flylocal/faults with an org token, and ends all of them with DELETE. A fault meets the Nth call that matches
// its method and path, and as many after it as Times says.
//
// The call itself is answered with a Status (408, 409, 412, 429, 500, 502, 503, 504, with the text Fly has for it,
// or any other from 400 to 599), or meets a Kind:
//
//	cut                    the connection ends without an answer
//	no-room                408 could not reserve resource for machine
//	insufficient-capacity  412 with the status Fly's clients look for
//	hang                   no answer for Seconds, then 408
//	lost                   the work is done, and then answered with 408: a client that asks again does it twice
//
// Other kinds happen to the machines of App, or of any, the next Times:
//
//	slow-start     a machine is `starting` for Seconds (five) before its process runs
//	crash-loop     a process is killed as soon as it runs; the restart policy decides what follows
//	silent-revert  an update is acknowledged and undone: instance, config and image are the old ones again
//
// Rate limits are no fault: a Fly made with flylocal.WithRateLimits has them, {"rate_limits": true} switches them
// on, false off.
package fault
