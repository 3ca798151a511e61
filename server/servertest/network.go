package servertest

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// Network is a bad mobile network before a server: slow, and its connections break in three ways, by turns at random.
type Network struct {
	Rate    int           // bytes a second towards the server, of all connections together
	Breaks  int           // how many connections break before the rest goes through
	Stall   time.Duration // how long a connection hangs before it is cut
	Broken  [fates]int    // how many did in each way; read it after Close
	target  string
	rng     *rand.Rand
	mu      sync.Mutex
	free    time.Time // when the air is free for the next bytes
	l       net.Listener
	running sync.WaitGroup
}

// The ways in which a connection breaks.
const (
	cutOff   = iota // both ends see it at once
	stalled         // nothing moves for a while, then it is cut
	outlived        // the phone gives up; what it sent arrives later, when it has already tried again
	fates
)

// NewNetwork begins to pass on what comes to the target; what happens to each connection follows from the seed.
func NewNetwork(t testing.TB, target string, seed uint64, rate, breaks int, stall time.Duration) *Network {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &Network{Rate: rate, Breaks: breaks, Stall: stall, target: target, rng: rand.New(rand.NewPCG(seed, 0)), l: l}
	n.running.Go(n.accept)
	return n
}

// URL is where the network begins.
func (n *Network) URL() string { return "http://" + n.l.Addr().String() }

// Close ends the network when its connections have ended.
func (n *Network) Close(t testing.TB) {
	t.Helper()
	if err := n.l.Close(); err != nil {
		t.Error(err)
	}
	n.running.Wait()
}

func (n *Network) accept() {
	for {
		phone, err := n.l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue
		}
		server, err := net.Dial("tcp", n.target)
		if err != nil {
			_ = phone.Close()
			continue
		}
		fate, after := n.fate()
		n.running.Go(func() {
			defer phone.Close()
			defer server.Close()
			var back sync.WaitGroup
			back.Go(func() {
				_, _ = io.Copy(phone, server) // broken connections are what it is for
				_ = phone.Close()
			})
			n.forward(server, phone, fate, after)
			_ = server.Close()
			back.Wait()
		})
	}
}

// fate says what becomes of a connection, and after how many bytes.
func (n *Network) fate() (fate, after int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.Breaks == 0 {
		return fates, 0
	}
	n.Breaks--
	fate = n.rng.IntN(fates)
	n.Broken[fate]++
	return fate, 200 + n.rng.IntN(30_000)
}

// forward passes on what a phone sends until the connection ends or breaks.
func (n *Network) forward(server, phone net.Conn, fate, after int) {
	buf := make([]byte, 1400) // a packet
	for {
		k, err := phone.Read(buf)
		if k == 0 && err != nil {
			return
		}
		if fate != fates && k >= after {
			switch fate {
			case stalled:
				time.Sleep(n.Stall)
			case outlived:
				late := bytes.NewBuffer(slices.Clone(buf[:k]))
				_ = phone.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
				_, _ = io.Copy(late, phone) // what it has sent already
				_ = phone.Close()
				time.Sleep(n.Stall)
				_, _ = server.Write(late.Bytes())
				time.Sleep(n.Stall) // the server sees it now, beside what came since
			}
			return
		}
		after -= k
		n.air(k)
		if _, err := server.Write(buf[:k]); err != nil {
			return
		}
	}
}

// air waits until so many bytes had their turn.
func (n *Network) air(packet int) {
	n.mu.Lock()
	now := time.Now()
	if n.free.Before(now) {
		n.free = now
	}
	n.free = n.free.Add(time.Duration(packet) * time.Second / time.Duration(n.Rate))
	wait := n.free.Sub(now)
	n.mu.Unlock()
	time.Sleep(wait)
}
