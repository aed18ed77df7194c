package handlers

import (
	"context"

	"farwatch/api/spec"
)

// ContractYaml answers the contract as it is written. It is public: so is the
// program.
func (h *Handlers) ContractYaml(_ context.Context, r spec.ContractYamlRequestObject) (spec.ContractYamlResponseObject, error) {
	return conditional{body: spec.YAML, kind: "application/yaml", match: r.Params.IfNoneMatch}, nil
}

// ContractJson answers it as JSON.
func (h *Handlers) ContractJson(_ context.Context, r spec.ContractJsonRequestObject) (spec.ContractJsonResponseObject, error) {
	body, err := h.ContractJSON()
	return conditional{body: body, kind: "application/json", match: r.Params.IfNoneMatch}, err
}
