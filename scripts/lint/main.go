// Command lint runs the analyzers that find faults which compilers and vet do not: an error of Close that nobody looks at,
// rows and bodies that are not closed, rows whose error is not asked for, a context that is not handed on. It is a module of
// its own, so that none of them is a dependency of the program; run it by `go vet -vettool`, as scripts/test.sh does.
package main

import (
	"github.com/jingyugao/rowserrcheck/passes/rowserr"
	"github.com/kisielk/errcheck/errcheck"
	"github.com/kkHAIKE/contextcheck"
	"github.com/ryanrolds/sqlclosecheck/pkg/analyzer"
	"github.com/timakin/bodyclose/passes/bodyclose"
	"golang.org/x/tools/go/analysis/unitchecker"
)

func main() {
	unitchecker.Main(
		errcheck.Analyzer,
		analyzer.NewAnalyzer(),
		rowserr.NewAnalyzer("database/sql"),
		bodyclose.Analyzer,
		contextcheck.NewAnalyzer(contextcheck.Configuration{DisableFact: true}),
	)
}
