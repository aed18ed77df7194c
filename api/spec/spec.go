// Package spec is the contract: openapi.yaml by hand, spec.gen.go from it.
package spec

import _ "embed"

// YAML is the contract as it is written; the caller must not change it.
//
//go:embed openapi.yaml
var YAML []byte
