//go:build !linux

package main

import "os"

// hideTyping: here what is typed stays on the screen; use
// FARWATCH_KEY_PASSPHRASE_FILE.
func hideTyping(*os.File) (restore func() error, err error) {
	return func() error { return nil }, nil
}
