package main

import (
	"fmt"
	"os"
)

// memoryOf gives what a server holds at the most, in MB, while 64 photos of 8 MB come at once, and by how much what it holds
// grows over the last 5,000 of 10,000 small uploads.
func memoryOf(s *server, dir string) (peak, growth float64, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	if err := s.start(dir); err != nil {
		return 0, 0, err
	}
	defer s.stop()
	if err := sendAll(s, pictures([][]byte{large()}, 128), 64); err != nil {
		return 0, 0, err
	}
	peak = s.memory()
	fmt.Printf("\nmemory: %.0f MB at the most at 64 uploads of 8 MB at once;", peak)
	one, half := [][]byte{tiny()}, 0.0
	for n := 1; n <= 10; n++ {
		if err := sendAll(s, pictures(one, 1000), connections); err != nil {
			return 0, 0, err
		}
		now := s.resident()
		if n == 5 {
			half = now
		}
		fmt.Printf(" %.0f", now)
		growth = now - half
	}
	fmt.Println(" MB after each 1,000 of 10,000 uploads")
	return peak, growth, nil
}
