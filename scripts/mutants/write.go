package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// change is one thing in a package that is made otherwise.
type change struct {
	number         int
	file, function string
	line           int
	kind, text     string
	reachedBy      []string // tests
	left, killed   bool
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

func (m *mutator) offset(p token.Pos) int { return m.files.Position(p).Offset }

func (m *mutator) of(n ast.Node) string { return m.text[m.offset(n.Pos()):m.offset(n.End())] }

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
