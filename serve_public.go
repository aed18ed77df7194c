package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"

	"farwatch/api"
	"farwatch/handlers"
	"farwatch/internal/listen"
)

// publicHost is the public pages' own name; empty where they have none.
func (i *instance) publicHost() string {
	if i.config.PublicURL == nil {
		return ""
	}
	return i.config.PublicURL.Host
}

// servePublic answers the public pages alone on an address of their own, if
// there is one. How it ended goes to failed.
func (i *instance) servePublic(h *handlers.Handlers, secrets *tls.Config, failed chan<- error) (*http.Server, error) {
	if i.config.PublicAddr == "" {
		return &http.Server{}, nil //nolint:gosec // G112: it serves nothing
	}
	handler, err := api.NewPublic(i.deps(h))
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", i.config.PublicAddr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; stop the other program, or set FARWATCH_PUBLIC_ADDR", i.config.PublicAddr, err)
	}
	server := api.Server(i.config.PublicAddr, handler)
	server.TLSConfig = secrets.Clone()
	go func() { failed <- answer(server, listen.Limit(listener, i.config.Proxies)) }()
	return server, nil
}

// answer serves until the server is closed, by TLS where there are secrets.
func answer(server *http.Server, listener net.Listener) error {
	if server.TLSConfig == nil {
		return server.Serve(listener)
	}
	return server.ServeTLS(listener, "", "")
}
