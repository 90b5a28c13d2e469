// Nothing: what a call costs by itself.
package main

// Empty has one function.
type Empty struct{}

// Nothing does nothing, every time.
// +cache="never"
func (m *Empty) Nothing() string { return "nothing" }
