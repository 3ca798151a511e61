package servertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schemas compiles each schema of the contract once. The library that reads the contract compiles them again for every
// answer, which took half the time of all tests.
type schemas struct {
	all  map[string]any // of the components
	mu   sync.Mutex
	made map[*openapi3.Schema]*jsonschema.Schema
}

func newSchemas(doc *openapi3.T) (*schemas, error) {
	s := &schemas{made: map[*openapi3.Schema]*jsonschema.Schema{}}
	raw, err := json.Marshal(doc.Components.Schemas)
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(raw, &s.all)
	return s, err
}

// compiled is a schema, ready for use.
func (s *schemas) compiled(of *openapi3.Schema) (*jsonschema.Schema, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if made, ok := s.made[of]; ok {
		return made, nil
	}
	raw, err := json.Marshal(of)
	if err != nil {
		return nil, err
	}
	var one any
	if err := json.Unmarshal(raw, &one); err != nil {
		return nil, err
	}
	at := fmt.Sprintf("contract:%d", len(s.made))
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource(at, map[string]any{"components": map[string]any{"schemas": s.all}, "allOf": []any{one}}); err != nil {
		return nil, err
	}
	made, err := c.Compile(at)
	s.made[of] = made
	return made, err
}

// check says what is wrong with a JSON body of one of these kinds of content. Bodies that are no JSON are for others.
func (s *schemas) check(content openapi3.Content, contentType string, body []byte) error {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return fmt.Errorf("content type %q: %w", contentType, err)
	}
	media := content.Get(kind)
	switch {
	case media == nil:
		return fmt.Errorf("a body of the type %s is not promised", kind)
	case !strings.HasSuffix(kind, "json"):
		return nil
	case media.Schema == nil:
		return fmt.Errorf("the type %s has no schema", kind)
	}
	schema, err := s.compiled(media.Schema.Value)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// WantPayload fails unless the contract says that a webhook is told this: the payload is that of exactly one kind of event.
func WantPayload(t testing.TB, payload string) {
	t.Helper()
	contract, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	var wrong []error
	for _, of := range contract.payloads {
		schema, err := contract.schemas.compiled(of)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); err != nil {
			wrong = append(wrong, err)
		}
	}
	if len(wrong) != len(contract.payloads)-1 {
		t.Errorf("the payload is not as the contract says: %s\n%v", payload, wrong)
	}
}
