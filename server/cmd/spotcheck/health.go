package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"spotcheck/server/config"
)

// healthTime is how long a server may take to say that it is ready.
const healthTime = 5 * time.Second

// health asks the server of this machine, for containers that have no other program in them.
func health(ctx context.Context, t *terminal, args []string) error {
	c, err := settings(t, flags("health"), args)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, here(c)+"/readyz", nil)
	if err != nil {
		return err
	}
	// the certificate is for the name by which others know the server, and this one asks itself
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("not ready: %w", err)
	}
	defer res.Body.Close()
	var said struct{ Missing []string }
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil {
		return fmt.Errorf("not ready: the answer is not that of a Spotcheck: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", strings.Join(said.Missing, " "))
	}
	_, err = fmt.Fprintln(t.out, strings.Join(append([]string{"ready."}, said.Missing...), " "))
	return err
}

// here is how this machine reaches the server.
func here(c config.Config) string {
	scheme := "http://"
	if c.TLSCert != "" {
		scheme = "https://"
	}
	host, port, _ := net.SplitHostPort(c.Addr) // the settings have checked it
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + net.JoinHostPort(host, port)
}
