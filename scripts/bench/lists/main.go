// Command lists makes databases of 10,000 to 1,000,000 issues and measures what the project promises of them: the lists of
// scripts/bench/lists.tsv, the search, the map, one action, and the cold start.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"spotcheck/server/config"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "lists:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	f := flag.NewFlagSet("lists", flag.ContinueOnError)
	data := f.String("data", "", "folder of the installation")
	url := f.String("postgres", "", "address of an empty PostgreSQL database; SQLite in the folder without it")
	issues := f.Int("issues", 10_000, "how many issues to make")
	if err := f.Parse(args); err != nil {
		return err
	}
	c := config.Config{Addr: "127.0.0.1:0", Data: *data, DatabaseURL: config.Secret(*url), Timezone: "Asia/Shanghai", Log: "text"}
	started := time.Now()
	if err := fill(ctx, c, *issues, started); err != nil {
		return err
	}
	fmt.Printf("filled %d issues in %s\n", *issues, time.Since(started).Round(100*time.Millisecond))
	return nil
}
