package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// change is one thing in a package that is made otherwise.
type change struct {
	number                int
	file, function        string
	line                  int
	kind, text            string
	left, reached, killed bool
}

// String names a change by what does not move with the lines of a file.
func (c change) String() string {
	return fmt.Sprintf("%s %s: %s `%s`", c.file, c.function, c.kind, c.text)
}

// source is a package with its types.
type source struct {
	dir   string
	files *token.FileSet
	trees []*ast.File
	info  types.Info
	name  string
	types *types.Package
}

// load reads a package of this module.
func load(dir string) (*source, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Export,Dir,Name,GoFiles", "./"+filepath.Clean(dir))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	type listed struct {
		ImportPath, Export, Dir, Name string
		GoFiles                       []string
	}
	var last listed
	exports := map[string]string{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var l listed
		if err := d.Decode(&l); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		exports[l.ImportPath], last = l.Export, l
	}
	s := &source{dir: last.Dir, name: last.Name, files: token.NewFileSet(), info: types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}}
	for _, name := range last.GoFiles {
		tree, err := parser.ParseFile(s.files, filepath.Join(last.Dir, name), nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		s.trees = append(s.trees, tree)
	}
	conf := types.Config{Importer: importer.ForCompiler(s.files, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	s.types, err = conf.Check(last.ImportPath, s.files, s.trees, &s.info)
	return s, err
}

//go:embed runtime.txt
var runtime string

// mutate writes the package with all changes, and an overlay for the go command, into a folder.
func (s *source) mutate(work string) ([]change, error) {
	var changes []change
	replace := map[string]string{}
	write := func(name, text string) error {
		replace[filepath.Join(s.dir, name)] = filepath.Join(work, name)
		return os.WriteFile(filepath.Join(work, name), []byte(text), 0o600)
	}
	for _, tree := range s.trees {
		name := s.files.File(tree.Pos()).Name()
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		m := mutator{source: s, tree: tree, text: string(text), name: filepath.Base(name), first: len(changes), skip: map[ast.Node]bool{}}
		m.walk()
		changes = append(changes, m.changes...)
		if err := write(m.name, m.written()); err != nil {
			return nil, err
		}
	}
	if err := write("mutants_runtime.go", strings.Replace(runtime, "PACKAGE", s.name, 1)); err != nil {
		return nil, err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	return changes, os.WriteFile(filepath.Join(work, "overlay.json"), overlay, 0o600)
}

// edit puts a text in the place of what lies between two offsets.
type edit struct {
	from, to int
	text     string
	ends     bool // it belongs to the node before it
}

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

func (m *mutator) offset(p token.Pos) int { return m.files.Position(p).Offset }

func (m *mutator) of(n ast.Node) string { return m.text[m.offset(n.Pos()):m.offset(n.End())] }

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

func (m *mutator) put(from, to token.Pos, text string) {
	m.edits = append(m.edits, edit{from: m.offset(from), to: m.offset(to), text: text})
}

// wrap puts texts around a node. Inner nodes are wrapped later and come to lie inside.
func (m *mutator) wrap(n ast.Node, before, after string) {
	m.put(n.Pos(), n.Pos(), before)
	m.end(n, after)
}

func (m *mutator) end(n ast.Node, text string) {
	at := m.offset(n.End())
	m.edits = append(m.edits, edit{from: at, to: at, text: text, ends: true})
}

// written is the file with its edits.
func (m *mutator) written() string {
	slices.SortStableFunc(m.edits, func(a, b edit) int { return a.from - b.from })
	var out strings.Builder
	at := 0
	for lo := 0; lo < len(m.edits); {
		hi := lo
		for hi < len(m.edits) && m.edits[hi].from == m.edits[lo].from {
			hi++
		}
		out.WriteString(m.text[at:m.edits[lo].from])
		at = m.edits[lo].from
		for _, e := range inOrder(m.edits[lo:hi]) {
			out.WriteString(e.text)
			at = max(at, e.to)
		}
		lo = hi
	}
	out.WriteString(m.text[at:])
	return out.String()
}

// inOrder puts edits at one place in order: what ends a node, the innermost first; a comma between two; what begins a node, the outermost first.
func inOrder(all []edit) []edit {
	var ends, commas, begins []edit
	for _, e := range all {
		switch {
		case e.ends:
			ends = append(ends, e)
		case e.text == ",":
			commas = append(commas, e)
		default:
			begins = append(begins, e)
		}
	}
	slices.Reverse(ends)
	return slices.Concat(ends, commas, begins)
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
		m.condition(e.X)
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
		if name != "string" || code.MatchString(constant.StringVal(t.Value)) {
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
