package main

import "syscall"

// coreLimit is how large a core dump of this program may get.
func coreLimit() uint64 {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		return 0
	}
	return limit.Cur
}
