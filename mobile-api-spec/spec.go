// Package apispec is the contract that phone teams build on.
package apispec

import "embed"

// OpenAPI is openapi.yaml, the bundle of the pieces in openapi/.
//
//go:embed openapi.yaml
var OpenAPI []byte

// OpenAPIJSON is openapi.json, which says the same for tools that read no YAML.
//
//go:embed openapi.json
var OpenAPIJSON []byte

// Pieces are the files from which scripts/contract.sh bundles the contract: one for each noun, and contract.yaml, which
// names them all.
//
//go:embed openapi/*.yaml
var Pieces embed.FS

// Problems is problems.md, the list of every code.
//
//go:embed problems.md
var Problems string

// Guide is README.md, how a phone team starts.
//
//go:embed README.md
var Guide string
