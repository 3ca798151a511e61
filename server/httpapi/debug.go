package httpapi

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"
)

// Debug shows pprof on an address of its own.
type Debug struct {
	server   *http.Server
	listener net.Listener
}

// ListenDebug listens on loopback; any other address is an error, since profiles hold what people sent.
func ListenDebug(addr string) (*Debug, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("httpapi: %w", err)
	}
	if at, ok := l.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
		_ = l.Close() // nobody was let in
		return nil, fmt.Errorf("httpapi: %s is not an address of this machine alone", addr)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return &Debug{&http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}, l}, nil
}

// Addr is the address that it listens on.
func (d *Debug) Addr() string { return d.listener.Addr().String() }

// Serve answers until Close.
func (d *Debug) Serve() {
	_ = d.server.Serve(d.listener) // ends with Close
}

// Close ends it, also what is under way.
func (d *Debug) Close(context.Context) error { return d.server.Close() }
