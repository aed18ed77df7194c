package disk

import (
	"fmt"
	"syscall"
)

// networks are the kinds of file systems (statfs(2)) that lie on another
// machine: locks and syncs do not hold there what a database needs.
var networks = map[int64]string{
	0x6969: "NFS", 0x517b: "SMB", 0xff534d42: "SMB", 0xfe534d42: "SMB", 0x01021997: "9P", 0x5346414f: "AFS", 0x00c36400: "Ceph", 0x73757245: "Coda",
}

// Network names the kind of network that path lies on, "" if it is on this
// machine.
func Network(path string) (string, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return "", fmt.Errorf("ask for the file system: %w", err)
	}
	return networks[int64(uint32(s.Type))], nil
}
