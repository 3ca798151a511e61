package strictjson

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
)

// limits are the bounds that a tag sets; 0 means the default of the type.
type limits struct {
	max   int
	each  int
	words bool // more than blanks
}

// field is one name that a struct knows.
type field struct {
	limits
	name  string
	index []int
	need  bool
}

// plan is what the tags of a struct say.
type plan struct {
	fields []field
	byName map[string]field
}

// plans remembers the plan of each struct type; it depends on the program only.
var plans sync.Map

func planOf(t reflect.Type) plan {
	if p, ok := plans.Load(t); ok {
		return p.(plan)
	}
	p := plan{fields: fieldsOf(t, nil), byName: map[string]field{}}
	for _, f := range p.fields {
		if _, twice := p.byName[f.name]; twice {
			panic(fmt.Sprintf("strictjson: %s has the name %s twice", t, f.name))
		}
		p.byName[f.name] = f
	}
	plans.Store(t, p)
	return p
}

func fieldsOf(t reflect.Type, at []int) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		index := append(append([]int(nil), at...), i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			all = append(all, fieldsOf(f.Type, index)...)
		case name == "" || name == "-" || !f.IsExported():
		default:
			all = append(all, field{
				name:   name,
				index:  index,
				need:   f.Tag.Get("need") != "",
				limits: limits{max: bound(t, f, "max"), each: bound(t, f, "each"), words: wantsWords(t, f)},
			})
		}
	}
	return all
}

func wantsWords(t reflect.Type, f reflect.StructField) bool {
	switch need := f.Tag.Get("need"); {
	case need == "" || need == "true":
		return false
	case need == "words" && f.Type.Kind() == reflect.String:
		return true
	default:
		panic(fmt.Sprintf("strictjson: %s.%s has the tag need:%q", t, f.Name, need))
	}
}

func bound(t reflect.Type, f reflect.StructField, tag string) int {
	s, ok := f.Tag.Lookup(tag)
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		panic(fmt.Sprintf("strictjson: %s.%s has the tag %s:%q", t, f.Name, tag, s))
	}
	return n
}

// wanted is the kind of value that fills a type.
func wanted(t reflect.Type) kind {
	if t == timeTime || reflect.PointerTo(t).Implements(textUnmarshaler) {
		return kindText
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return kindObject
	case reflect.Slice:
		return kindList
	case reflect.String:
		return kindText
	case reflect.Bool:
		return kindBool
	case reflect.Pointer:
		return kindNull
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Float64:
		return kindNumber
	}
	return kindNone
}

// readable remembers the types that mustRead has found good.
var readable sync.Map

// mustRead panics when a type, or one inside it, cannot be read: better at the first request than at an odd one.
func mustRead(t reflect.Type) {
	if _, good := readable.Load(t); !good {
		walk(t, map[reflect.Type]bool{})
		readable.Store(t, true)
	}
}

func walk(t reflect.Type, met map[reflect.Type]bool) {
	if met[t] || t == rawMessage {
		return
	}
	met[t] = true
	switch k := wanted(t); {
	case k == kindNone, t.Kind() == reflect.Map && t.Key().Kind() != reflect.String,
		k == kindList && t.Elem().Kind() == reflect.Uint8: // bytes are base64 elsewhere: make it a type with UnmarshalText
		panic(fmt.Sprintf("strictjson: %s cannot be read", t))
	case k == kindText || k == kindNumber || k == kindBool:
	case t.Kind() == reflect.Struct:
		for _, f := range planOf(t).fields {
			walk(t.FieldByIndex(f.index).Type, met)
		}
	default:
		walk(t.Elem(), met)
	}
}
