package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"spotcheck/pkg/fault"
)

var errMud = fault.New(fault.Conflict, "mud", "There is mud.")

func TestAFaultStaysItsSentinel(t *testing.T) {
	made := map[string]error{
		"with a sentence": errMud.With("There is %s mud.", "much"), "with fields": errMud.At(fault.Field{Pointer: "/a"}),
		"with a cause": errMud.Because(io.EOF), "with a state": errMud.WithState(3), "wrapped": fmt.Errorf("core: %w", errMud.Because(io.EOF)),
	}
	for name, err := range made {
		if !errors.Is(err, errMud) || errors.Is(err, fault.New(fault.Conflict, "dust", "")) || fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v is not what it was made of", name, err)
		}
	}
	if errMud.Text != "There is mud." || errMud.Fields != nil || errMud.State != nil || errMud.Err != nil {
		t.Errorf("the sentinel changed: %+v", errMud)
	}
	if !errors.Is(made["wrapped"], io.EOF) {
		t.Error("the cause is lost")
	}
	if e, ok := fault.As(made["with a sentence"]); !ok || e.Text != "There is much mud." {
		t.Errorf("got %v", e)
	}
}

func TestFieldsOfOneDoNotReachAnother(t *testing.T) {
	base := errMud.At(fault.Field{Pointer: "/a"})
	one, two := base.At(fault.Field{Pointer: "/b"}), base.At(fault.Field{Pointer: "/c"})
	if len(base.Fields) != 1 || one.Fields[1].Pointer != "/b" || two.Fields[1].Pointer != "/c" {
		t.Errorf("got %v, %v, %v", base.Fields, one.Fields, two.Fields)
	}
}

func TestWhatIsNoFaultIsInternal(t *testing.T) {
	if fault.KindOf(io.EOF) != fault.Internal || fault.KindOf(nil) != fault.Internal {
		t.Error("an error of ours has a kind")
	}
	if _, ok := fault.As(io.EOF); ok {
		t.Error("an error of ours is shown")
	}
}
