package apispec_test

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	apispec "spotcheck/mobile-api-spec"
)

func TestTheContractIsValid(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(apispec.OpenAPI)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
}
