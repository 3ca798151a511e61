package config

import (
	"flag"
	"os"
)

// Read parses the arguments of a command with its own flags registered before, over the environment of the process.
func Read(f *flag.FlagSet, args []string) (Config, error) {
	read := Flags(f)
	if err := f.Parse(args); err != nil {
		return Config{}, err
	}
	return read(os.LookupEnv, os.Environ())
}
