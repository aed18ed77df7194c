package api

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"

	"farwatch/api/spec"
	"farwatch/models"
)

// operation is one row of the run-time table: what the contract says of a
// method and path.
type operation struct {
	id         string
	permission models.Permission
	scopes     []models.TokenScope // any of which lets a token in; none: no token
	stepUp     bool                // the person must have proved to be the one a moment ago (S19)
	path       string              // as the contract writes it
	item       *openapi3.PathItem
	op         *openapi3.Operation
	query      map[string]bool // names of query parameters
	maxBytes   int64           // of the body, where it is no JSON
	limit      string          // row of limitRules; "" counts under the session alone
	urgent     bool            // works while the instance is locked
}

// contract is the parsed openapi.yaml.
type contract struct {
	doc        *openapi3.T
	operations map[string]operation // by "METHOD /gin/path"
}

// loadContract is the contract, parsed and checked once; nobody changes it.
var loadContract = sync.OnceValues(parseContract)

// contractJSON is the contract as JSON, written when somebody first asks for it.
var contractJSON = sync.OnceValues(func() ([]byte, error) {
	c, err := loadContract()
	if err != nil {
		return nil, err
	}
	return c.doc.MarshalJSON()
})

// parseContract parses and checks the contract: every operation needs an id and
// a permission that the role table knows (S26).
func parseContract() (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(spec.YAML)
	if err != nil {
		return nil, fmt.Errorf("parse contract: %w", err)
	}
	if err := doc.Validate(context.Background()); err != nil {
		return nil, fmt.Errorf("check contract: %w", err)
	}
	c := &contract{doc: doc, operations: map[string]operation{}}
	var faults []error
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			permission, _ := op.Extensions["x-permission"].(string)
			if op.OperationID == "" || !models.KnownPermission(models.Permission(permission)) {
				faults = append(faults, fmt.Errorf("%s %s: no operationId, or unknown x-permission %q", method, path, permission))
			}
			if mark, marked := op.Extensions["x-step-up"]; marked && mark != true {
				faults = append(faults, fmt.Errorf("%s %s: x-step-up is true or not there", method, path))
			}
			row := operation{
				id: op.OperationID, permission: models.Permission(permission), path: path,
				item: item, op: op, stepUp: op.Extensions["x-step-up"] == true, query: map[string]bool{},
			}
			var err error
			if row.scopes, err = tokenScopes(row); err != nil {
				faults = append(faults, fmt.Errorf("%s %s: %w", method, path, err))
			}
			if limit, ok := op.Extensions["x-limit"].(string); ok {
				if row.limit = limit; limitRules[limit].burst == 0 {
					faults = append(faults, fmt.Errorf("%s %s: unknown x-limit %q", method, path, limit))
				}
			}
			if most, ok := op.Extensions["x-max-bytes"].(float64); ok {
				row.maxBytes = int64(most)
			}
			row.urgent, _ = op.Extensions["x-when-locked"].(bool)
			for _, p := range append(item.Parameters, op.Parameters...) {
				if p.Value.In == openapi3.ParameterInQuery {
					row.query[p.Value.Name] = true
				}
			}
			c.operations[method+" "+ginPath(path)] = row
		}
	}
	return c, errors.Join(faults...)
}

// tokenScopes are those of x-token-scope. Only what changes nothing lets a token
// in, and nothing that is open to everybody or belongs to an account.
func tokenScopes(row operation) ([]models.TokenScope, error) {
	mark, marked := row.op.Extensions["x-token-scope"]
	if !marked {
		return nil, nil
	}
	names, _ := mark.([]any)
	var out []models.TokenScope
	for _, name := range names {
		text, _ := name.(string)
		if !models.KnownTokenScope(models.TokenScope(text)) {
			return nil, fmt.Errorf("unknown scope %q in x-token-scope", text)
		}
		out = append(out, models.TokenScope(text))
	}
	if len(out) == 0 || row.op != row.item.Get || row.permission == models.PermissionPublic || row.permission == models.PermissionSession {
		return nil, errors.New("x-token-scope is a list of scopes of a reading operation that needs a role")
	}
	return out, nil
}

// ginPath writes /incidents/{ref} as /incidents/:ref.
func ginPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// checkRoutes refuses a router that differs from the contract in either
// direction.
func (c *contract) checkRoutes(routes gin.RoutesInfo) error {
	var faults []error
	served := map[string]bool{}
	for _, r := range routes {
		key := r.Method + " " + r.Path
		served[key] = true
		if _, ok := c.operations[key]; !ok {
			faults = append(faults, fmt.Errorf("%s is served but not in the contract", key))
		}
	}
	for key := range c.operations {
		if !served[key] {
			faults = append(faults, fmt.Errorf("%s is in the contract but not served", key))
		}
	}
	return errors.Join(faults...)
}

// of finds the operation of a routed request.
func (c *contract) of(ctx *gin.Context) (operation, bool) {
	op, ok := c.operations[ctx.Request.Method+" "+ctx.FullPath()]
	return op, ok
}
