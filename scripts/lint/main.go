// Command lint is vet with the analyzers that find faults which compilers and vet do not: an error of Close that nobody looks at,
// rows and bodies that are not closed, rows whose error is not asked for, a context that is not handed on, results that lean on
// the order in which they are evaluated. It is a module of its own, so that none of them is a dependency of the program; run it by `go vet -vettool`, as scripts/test.sh does.
package main

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jingyugao/rowserrcheck/passes/rowserr"
	"github.com/kisielk/errcheck/errcheck"
	"github.com/kkHAIKE/contextcheck"
	"github.com/ryanrolds/sqlclosecheck/pkg/analyzer"
	"github.com/timakin/bodyclose/passes/bodyclose"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/suite/vet"
	"golang.org/x/tools/go/analysis/unitchecker"
)

func main() {
	unitchecker.Main(append(slices.Clone(vet.Suite),
		outsideTests(returnOrder),
		outsideTests(errcheck.Analyzer),
		analyzer.NewAnalyzer(),
		rowserr.NewAnalyzer("database/sql"),
		outsideTests(bodyclose.Analyzer),
		outsideTests(contextcheck.NewAnalyzer(contextcheck.Configuration{DisableFact: true})), // facts would take every dependency apart
	)...)
}

// outsideTests is an analyzer that leaves tests alone, the packages that only tests use, and the tools of scripts: what they do not close is gone
// with them, and what they do after their end has a context of its own.
func outsideTests(a *analysis.Analyzer) *analysis.Analyzer {
	outside := *a
	outside.Run = func(pass *analysis.Pass) (any, error) {
		quieter := *pass
		quieter.Report = func(d analysis.Diagnostic) {
			file := filepath.ToSlash(pass.Fset.Position(d.Pos).Filename)
			if !strings.HasSuffix(file, "_test.go") && !strings.HasSuffix(path.Dir(file), "test") && !strings.Contains(file, "/scripts/") {
				pass.Report(d)
			}
		}
		return a.Run(&quieter)
	}
	return &outside
}
