package main

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
)

// returnOrder finds results that lean on the order in which they are evaluated, which the language leaves open: `return v, f(&v)` may give v as it
// was before f or after it.
var returnOrder = &analysis.Analyzer{
	Name: "returnorder",
	Doc:  "finds a variable that is returned beside a call that may change it",
	Run: func(pass *analysis.Pass) (any, error) {
		for _, file := range pass.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 1 {
					checkResults(pass, r.Results)
				}
				return true
			})
		}
		return nil, nil
	},
}

func checkResults(pass *analysis.Pass, results []ast.Expr) {
	for n, value := range results {
		v := rootOf(pass, value)
		if v == nil {
			continue
		}
		if _, pointer := value.(*ast.Ident); pointer && isPointer(v.Type()) {
			continue // what it points at may change; the pointer does not
		}
		for m, other := range results {
			if m != n && mayChange(pass, other, v) {
				pass.Reportf(other.Pos(), "changes %s, which is returned beside it: keep its result in a variable first", v.Name())
			}
		}
	}
}

// rootOf is the variable of which an expression is a part, nil for what is none.
func rootOf(pass *analysis.Pass, e ast.Expr) *types.Var {
	switch e := e.(type) {
	case *ast.Ident:
		v, _ := pass.TypesInfo.Uses[e].(*types.Var)
		return v
	case *ast.SelectorExpr:
		if s := pass.TypesInfo.Selections[e]; s == nil || s.Kind() != types.FieldVal {
			return nil
		}
		return rootOf(pass, e.X)
	case *ast.ParenExpr:
		return rootOf(pass, e.X)
	}
	return nil
}

// mayChange says whether a call in an expression is given a variable by its address, as an argument or as what its method belongs to.
func mayChange(pass *analysis.Pass, e ast.Expr, v *types.Var) (may bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			may = may || n.Op == token.AND && rootOf(pass, n.X) == v
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok {
				s := pass.TypesInfo.Selections[f]
				may = may || s != nil && s.Kind() == types.MethodVal && rootOf(pass, f.X) == v && isPointer(s.Obj().(*types.Func).Signature().Recv().Type())
			}
		}
		return true
	})
	return may
}

func isPointer(t types.Type) bool {
	_, is := t.Underlying().(*types.Pointer)
	return is
}
