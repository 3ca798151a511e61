package main

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"sync"
)

// syncs does with the disk what a durable server has to, and nothing else: the photo into a file beside, hashed on the way,
// synced, renamed, its folder synced; and for the report and for the photo a page of a log that is synced for all who wait.
type syncs struct {
	dir    string
	log    *os.File
	mu     sync.Mutex
	waits  []chan error
	wakes  chan struct{}
	ending chan struct{}
}

func (s *syncs) start(dir string) (err error) {
	s.dir, s.wakes, s.ending = dir, make(chan struct{}, 1), make(chan struct{})
	if s.log, err = os.Create(filepath.Join(dir, "log")); err != nil {
		return err
	}
	go s.commits()
	return nil
}

// commits syncs the log for all who wait, over and over.
func (s *syncs) commits() {
	page := make([]byte, 4096)
	for {
		select {
		case <-s.ending:
			return
		case <-s.wakes:
		}
		s.mu.Lock()
		waits := s.waits
		s.waits = nil
		s.mu.Unlock()
		var err error
		for range waits {
			if _, e := s.log.Write(page); e != nil {
				err = e
			}
		}
		if e := s.log.Sync(); e != nil {
			err = e
		}
		for _, w := range waits {
			w <- err
		}
	}
}

func (s *syncs) commit() error {
	done := make(chan error, 1)
	s.mu.Lock()
	s.waits = append(s.waits, done)
	s.mu.Unlock()
	select {
	case s.wakes <- struct{}{}:
	default:
	}
	return <-done
}

func (s *syncs) send(p *picture) error {
	if err := s.commit(); err != nil {
		return err
	}
	if err := s.keep(p); err != nil {
		return err
	}
	return s.commit()
}

// keep makes the bytes durable.
func (s *syncs) keep(p *picture) error {
	folder := filepath.Join(s.dir, p.hex()[:2])
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	temp := filepath.Join(s.dir, p.id)
	f, err := os.Create(temp)
	if err != nil {
		return err
	}
	defer f.Close()
	hash := sha256.New()
	hash.Write(p.bytes)
	if _, err := f.Write(p.bytes); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(temp, filepath.Join(folder, p.hex())); err != nil {
		return err
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func (s *syncs) derive([]*picture) error { return nil }

func (s *syncs) cpu() (float64, error) { return 0, nil }

func (s *syncs) memory() float64 { return 0 }

func (s *syncs) stop() { close(s.ending); _ = s.log.Close() }
