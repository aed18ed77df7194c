package main

import "runtime/debug"

// collectAt is how much garbage may lie beside what is in use, in percent; Go
// lets as much lie again. The column index stays in memory for good, and as much
// as that once more on top of it, for whoever makes a file of a million records,
// is more than such a file may take. It cost a file no processor time that could be
// measured.
const collectAt = 50

// frugal holds from now on, for what runs long.
func frugal() { debug.SetGCPercent(collectAt) }
