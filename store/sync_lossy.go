//go:build lossy

package store

// Lossy tells that this build loses acknowledged writes, for a test.
const Lossy = true

// synchronous does not wait for the disk at each commit. A build with the tag
// lossy shows that the test of power cuts can fail; it is never shipped and
// starts with the password cost of tests only.
var synchronous = pragma{"synchronous", "NORMAL", "1"}
