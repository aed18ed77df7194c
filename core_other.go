//go:build !linux

package main

// coreLimit is looked at on Linux only.
func coreLimit() uint64 { return 0 }
