//go:build !lossy

package store

// Lossy tells that this build loses acknowledged writes, for a test.
const Lossy = false

// synchronous is how SQLite waits for the disk. There is no setting for it:
// only a build for tests, with the tag lossy, has another.
var synchronous = pragma{"synchronous", "FULL", "2"}
