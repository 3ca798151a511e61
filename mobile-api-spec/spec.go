// Package apispec is the contract that phone teams build on.
package apispec

import _ "embed"

// OpenAPI is openapi.yaml.
//
//go:embed openapi.yaml
var OpenAPI []byte

// Problems is problems.md, the list of every code.
//
//go:embed problems.md
var Problems string

// Guide is README.md, how a phone team starts.
//
//go:embed README.md
var Guide string
