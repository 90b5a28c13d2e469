// Package cloud has the records of a Fly: apps with their machines, volumes, secrets, releases and addresses, and
// the values with which the cloud and the host of its machines speak to each other.
//
// A record knows nothing of locks or disks: package control reads and changes records under one lock and saves them.
package cloud
