package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strconv"
	"strings"
)

// mutator makes the changes of one file.
type mutator struct {
	*source
	tree     *ast.File
	text     string
	name     string
	first    int // number of its first change
	function string
	changes  []change
	edits    []edit
	skip     map[ast.Node]bool // nodes that are left as they are
}

// number notes a change and gives its number.
func (m *mutator) number(n ast.Node, kind string) string {
	text := strings.Join(strings.Fields(m.of(n)), " ")
	if runes := []rune(text); len(runes) > 90 {
		text = string(runes[:90]) + "…"
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "`", "'"), "|", "¦")
	c := change{number: m.first + len(m.changes), file: m.name, function: m.function, line: m.files.Position(n.Pos()).Line, kind: kind, text: text}
	m.changes = append(m.changes, c)
	return strconv.Itoa(c.number)
}

func (m *mutator) walk() {
	for _, d := range m.tree.Decls {
		m.function = "-"
		switch d := d.(type) {
		case *ast.FuncDecl:
			m.function = d.Name.Name
			if d.Body != nil {
				ast.Inspect(d.Body, m.visit)
			}
		case *ast.GenDecl:
			if d.Tok == token.VAR {
				for _, spec := range d.Specs {
					v := spec.(*ast.ValueSpec)
					m.function = v.Names[0].Name
					for _, value := range v.Values {
						ast.Inspect(value, m.visit)
					}
				}
			}
		}
	}
}

// visit makes the changes of one node.
func (m *mutator) visit(n ast.Node) bool {
	if n == nil || m.skip[n] {
		return false
	}
	switch n := n.(type) {
	case *ast.GenDecl:
		return n.Tok == token.VAR
	case ast.Stmt:
		m.statement(n)
	case *ast.CompositeLit:
		m.keys(n)
	case ast.Expr:
		return m.expression(n)
	}
	return true
}

// keys leaves the names of fields and the places in lists alone: both have to be constant.
func (m *mutator) keys(n *ast.CompositeLit) {
	if n.Type != nil {
		m.skip[n.Type] = true
	}
	if _, isMap := m.info.Types[n].Type.Underlying().(*types.Map); isMap {
		return
	}
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			m.skip[kv.Key] = true
		}
	}
}

func (m *mutator) statement(n ast.Stmt) {
	switch n := n.(type) {
	case *ast.BlockStmt:
		m.list(n.List)
	case *ast.CaseClause:
		m.list(n.Body)
	case *ast.IfStmt:
		m.wrap(n.Cond, "((", ") && !mutant("+m.number(n.Cond, "never")+"))")
		m.condition(n.Cond)
	case *ast.ForStmt:
		if n.Cond != nil {
			m.condition(n.Cond)
		}
		if n.Post != nil {
			m.skip[n.Post] = true
		}
	case *ast.ReturnStmt:
		for _, r := range n.Results {
			m.condition(r)
		}
	case *ast.SwitchStmt:
		if n.Tag == nil {
			for _, c := range n.Body.List {
				for _, e := range c.(*ast.CaseClause).List {
					m.wrap(e, "((", ") && !mutant("+m.number(e, "never")+"))")
					m.condition(e)
				}
			}
		}
	case *ast.DeclStmt, *ast.LabeledStmt:
	}
}

// list takes statements away, and turns what is added round.
func (m *mutator) list(all []ast.Stmt) {
	for _, s := range all {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && m.of(call.Fun) == "panic" {
				continue // the function would have no end
			}
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE || m.of(s.Lhs[0]) == "_" {
				continue
			}
			if other := map[token.Token]string{token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+="}[s.Tok]; other != "" && m.numeric(s.Lhs[0]) {
				m.wrap(s, fmt.Sprintf("if mutant(%s) { %s %s %s } else { ", m.number(s, "arithmetic"), m.of(s.Lhs[0]), other, m.of(s.Rhs[0])), " }")
			}
		case *ast.IncDecStmt, *ast.DeferStmt:
		case *ast.BranchStmt:
			if s.Tok == token.FALLTHROUGH || s.Tok == token.GOTO {
				continue
			}
		default:
			continue
		}
		m.wrap(s, "if !mutant("+m.number(s, "removed")+") { ", " }")
	}
}

// condition negates what is true or false and no comparison, which is negated where it stands.
func (m *mutator) condition(e ast.Expr) {
	switch e := e.(type) {
	case *ast.ParenExpr:
		m.condition(e.X)
		return
	case *ast.UnaryExpr:
		if e.Op != token.AND { // of what has an address
			m.condition(e.X)
		}
		return
	case *ast.BinaryExpr, *ast.FuncLit:
		return
	}
	if t := m.info.Types[e]; t.Value == nil && t.Type != nil && types.Identical(t.Type, types.Typ[types.Bool]) {
		m.wrap(e, "((", ") != mutant("+m.number(e, "negated")+"))")
	}
}

func (m *mutator) expression(n ast.Expr) bool {
	t := m.info.Types[n]
	if t.IsType() {
		return false
	}
	if t.Value != nil {
		m.constant(n, t)
		return false
	}
	switch n := n.(type) {
	case *ast.BinaryExpr:
		m.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.SUB && m.numeric(n) {
			m.put(n.OpPos, n.X.Pos(), "mutantNegative("+m.number(n, "arithmetic")+", ")
			m.end(n, ")")
		}
	case *ast.CallExpr:
		m.call(n)
	case *ast.SelectorExpr:
		m.skip[n.Sel] = true
	case *ast.KeyValueExpr:
	}
	return true
}

func (m *mutator) call(n *ast.CallExpr) {
	f, ok := n.Fun.(*ast.Ident)
	if !ok {
		return
	}
	if _, builtin := m.info.Uses[f].(*types.Builtin); !builtin {
		return
	}
	switch f.Name {
	case "min", "max":
		m.put(f.Pos(), n.Lparen+1, "mutantM"+f.Name[1:]+"["+m.typeName(m.info.Types[n].Type)+"]("+m.number(n, "arithmetic")+", ")
	case "make": // how much room is made is no rule
		for _, a := range n.Args {
			m.skip[a] = true
		}
	}
}

func (m *mutator) binary(n *ast.BinaryExpr) {
	both := "(" + m.of(n.X) + ") == (" + m.of(n.Y) + ")"
	negate := func() { m.wrap(n, "((", ") != mutant("+m.number(n, "negated")+"))") }
	switch n.Op {
	case token.EQL, token.NEQ:
		negate()
	case token.LSS, token.GTR:
		negate()
		m.wrap(n, "((", ") || mutant("+m.number(n, "boundary")+") && "+both+")")
	case token.LEQ, token.GEQ:
		negate()
		m.wrap(n, "((", ") && !(mutant("+m.number(n, "boundary")+") && "+both+"))")
	case token.LAND:
		for _, e := range []ast.Expr{n.X, n.Y} {
			m.wrap(e, "((", ") || mutant("+m.number(e, "always")+"))")
			m.condition(e)
		}
	case token.LOR:
		for _, e := range []ast.Expr{n.X, n.Y} {
			m.wrap(e, "((", ") && !mutant("+m.number(e, "never")+"))")
			m.condition(e)
		}
	case token.ADD, token.SUB, token.MUL, token.QUO, token.REM:
		if !m.numeric(n) {
			return
		}
		name := map[token.Token]string{token.ADD: "Plus", token.SUB: "Minus", token.MUL: "Times", token.QUO: "Over", token.REM: "Rest"}[n.Op]
		m.wrap(n, "mutant"+name+"["+m.typeName(m.info.Types[n].Type)+"]("+m.number(n, "arithmetic")+", ", ")")
		m.put(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), ",")
	}
}

func (m *mutator) numeric(e ast.Expr) bool {
	t := m.info.Types[e].Type
	if t == nil || m.typeName(t) == "" {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsInteger|types.IsFloat) != 0
}

// typeName is a type as this file writes it, or nothing when it cannot.
func (m *mutator) typeName(t types.Type) string {
	hidden := false
	name := types.TypeString(t, func(p *types.Package) string {
		if p == m.types {
			return ""
		}
		for _, i := range m.tree.Imports {
			if path, _ := strconv.Unquote(i.Path.Value); path == p.Path() {
				if i.Name != nil {
					return i.Name.Name
				}
				return p.Name()
			}
		}
		hidden = true
		return p.Name()
	})
	if hidden || strings.HasPrefix(name, "untyped") {
		return ""
	}
	return name
}

// code is a word of the contract and not of a sentence.
var code = regexp.MustCompile(`^[a-z0-9_/.-]+$`)

// constant changes a number, a truth or a word of a fixed list.
func (m *mutator) constant(n ast.Expr, t types.TypeAndValue) {
	name := m.typeName(t.Type)
	basic, ok := t.Type.Underlying().(*types.Basic)
	if !ok || name == "" {
		return
	}
	switch {
	case basic.Info()&types.IsBoolean != 0:
		if name == "bool" {
			m.wrap(n, "((", ") != mutant("+m.number(n, "constant")+"))")
		}
	case basic.Info()&types.IsString != 0:
		if v := constant.StringVal(t.Value); v != "" && (name != "string" || code.MatchString(v)) { // no word would be made no word
			m.wrap(n, "mutantWord["+name+"]("+m.number(n, "constant")+", ", ")")
		}
	case basic.Info()&(types.IsInteger|types.IsFloat) != 0:
		m.wrap(n, "mutantValue["+name+"]("+m.number(n, "constant")+", ", ", "+more(name, t.Value)+")")
	}
}

// more is by how much a constant becomes another: of times so much that somebody would wait for it.
func more(typeName string, v constant.Value) string {
	const minute = 60_000_000_000
	if n, exact := constant.Int64Val(constant.ToInt(v)); typeName == "time.Duration" && exact && (n >= minute || n <= -minute) {
		return strconv.Itoa(minute)
	}
	return "1"
}
