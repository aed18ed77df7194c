// Package listen opens the door to the network: how many connections are taken
// (SECURITY.md S2), and TLS by files or by ACME.
package listen

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"

	"golang.org/x/net/netutil"
)

// Most connections at once, of all and of one address (S2).
const (
	mostConnections = 12_000
	mostOfAddress   = 256
)

// limited closes a connection at once when its address has as many as it may
// hold. A proxy stands for many people and is let through.
type limited struct {
	net.Listener
	most    int
	trusted []netip.Prefix

	mu   sync.Mutex
	open map[netip.Addr]int
}

// Limit bounds the connections of a listener; those of trusted networks count
// only among all.
func Limit(l net.Listener, trusted []netip.Prefix) net.Listener {
	return limit(l, mostConnections, mostOfAddress, trusted)
}

func limit(l net.Listener, all, each int, trusted []netip.Prefix) net.Listener {
	return &limited{Listener: netutil.LimitListener(l, all), most: each, trusted: trusted, open: map[netip.Addr]int{}}
}

// Accept waits for a connection that may come in.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		addr := addrOf(c)
		if l.trusts(addr) {
			return c, nil
		}
		if l.enter(addr) {
			return &counted{Conn: c, leave: func() { l.leave(addr) }}, nil
		}
		_ = c.Close() // nobody is to hear of it
	}
}

func addrOf(c net.Conn) netip.Addr {
	at, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	addr := at.Addr().Unmap()
	if addr.Is6() { // one customer of a provider has a whole /64
		if p, err := addr.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return addr
}

func (l *limited) trusts(addr netip.Addr) bool {
	for _, p := range l.trusted {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

func (l *limited) enter(addr netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[addr] >= l.most {
		return false
	}
	l.open[addr]++
	return true
}

func (l *limited) leave(addr netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[addr]--; l.open[addr] <= 0 {
		delete(l.open, addr)
	}
}

// counted gives its place back when it is closed, once.
type counted struct {
	net.Conn
	left  atomic.Bool
	leave func()
}

// Close ends the connection.
func (c *counted) Close() error {
	if !c.left.Swap(true) {
		c.leave()
	}
	return c.Conn.Close()
}
