package servertest

import "spotcheck/server/store/storetest"

// Copy starts another copy of the server on the same pair; it stops when the test ends.
func (s *Server) Copy() *Server {
	s.t.Helper()
	c := s.another()
	s.t.Cleanup(c.Stop)
	return c
}

func (s *Server) another() *Server {
	s.t.Helper()
	c := &Server{t: s.t, clients: s.clients, clock: s.clock, Config: s.Config, ReadTimeout: s.ReadTimeout}
	c.Config.Data = storetest.Folder(s.t) // only for uploads on their way
	c.Start()
	return c
}

// At sends the next requests to the copy of the server at an address.
func (c *Client) At(url string) { c.Base = url }

func (c *Client) base() string {
	if c.Base != "" {
		return c.Base
	}
	return c.URL
}
