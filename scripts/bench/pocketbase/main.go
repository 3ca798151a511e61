// PocketBase as it comes, for the comparison: a module of its own, so that nothing of it gets into ours.
package main

import (
	"log"

	"github.com/pocketbase/pocketbase"
)

func main() {
	if err := pocketbase.New().Start(); err != nil {
		log.Fatal(err)
	}
}
