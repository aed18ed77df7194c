package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/gin-gonic/gin"

	"farwatch/handlers"
	"farwatch/models"
)

// validate is ring 1: the request has the shape of the contract. Unknown query
// parameters are refused, or a misspelt filter would export everything.
func (e *edge) validate(ctx *gin.Context) {
	op, _ := e.contract.of(ctx)
	if err := unknownParameters(ctx.Request, op); err != nil {
		e.fail(ctx, err)
		return
	}
	if err := strictBody(ctx.Request, op); err != nil {
		e.fail(ctx, err)
		return
	}
	params := map[string]string{}
	for _, p := range ctx.Params {
		params[p.Key] = p.Value
	}
	err := openapi3filter.ValidateRequest(ctx.Request.Context(), &openapi3filter.RequestValidationInput{
		Request:    ctx.Request,
		PathParams: params,
		Route:      &routers.Route{Spec: e.contract.doc, Path: op.path, PathItem: op.item, Method: ctx.Request.Method, Operation: op.op},
		Options: &openapi3filter.Options{
			MultiError: true, SkipSettingDefaults: true, RejectWhenRequestBodyNotSpecified: true,
			AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		},
	})
	if err != nil {
		e.fail(ctx, shapeError(err))
	}
}

// ownNames lets the filter be asked in the words of other interfaces: they
// become our own before anything looks at them.
func (e *edge) ownNames(ctx *gin.Context) {
	op, _ := e.contract.of(ctx)
	if !op.query["origin_country"] {
		return
	}
	query, err := url.ParseQuery(ctx.Request.URL.RawQuery)
	if err != nil {
		return // validate says so
	}
	own, err := handlers.OwnNames(query, func(name string) bool { return op.query[name] })
	if err != nil {
		e.fail(ctx, err)
		return
	}
	ctx.Request.URL.RawQuery = own.Encode()
}

func unknownParameters(r *http.Request, op operation) error {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return models.Fail(models.KindMalformed, "request.malformed", "The query string cannot be read: a % stands without two hex digits.").Because(err)
	}
	var fields []models.FieldError
	for name, list := range values {
		if !op.query[name] {
			field := models.FieldError{Parameter: clip(name), Code: "unknown_parameter"}
			if near := handlers.NearName(name, slices.Sorted(maps.Keys(op.query))); near != "" {
				field.Params = map[string]any{"near": near}
			}
			fields = append(fields, field)
		} else if len(list) > 1 {
			fields = append(fields, models.FieldError{Parameter: clip(name), Code: "repeated_parameter"})
		}
		if slices.ContainsFunc(list, func(s string) bool { return models.TextFault(s) != "" }) {
			fields = append(fields, models.FieldError{Parameter: clip(name), Code: "bad_utf8"})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	slices.SortFunc(fields, func(a, b models.FieldError) int { return strings.Compare(a.Parameter, b.Parameter) })
	return &models.Error{
		Kind: models.KindMalformed, Code: "request.unknown_parameter", Fields: fields,
		Detail: "A query parameter is unknown, repeated or unreadable. Check its spelling; join several values by commas.",
	}
}

// clip keeps a stranger's text short in an answer.
func clip(s string) string {
	if len(s) > 64 || !utf8.ValidString(s) {
		return strings.ToValidUTF8(s[:min(len(s), 64)], "?")
	}
	return s
}

// strictBody is S4: what Go's decoder would forgive is refused: duplicate
// keys, trailing data, bad UTF-8, deep nesting, integers beyond 2^53.
func strictBody(r *http.Request, op operation) error {
	if op.op.RequestBody == nil || r.Body == nil {
		return nil
	}
	data, err := io.ReadAll(r.Body)
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return tooLarge()
	}
	if err != nil {
		return models.Fail(models.KindMalformed, "request.malformed", "The body ended early. Send it again.").Because(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	if len(data) == 0 {
		return nil
	}
	if op.op.RequestBody.Value.Content["application/octet-stream"] != nil {
		if r.Header.Get("Content-Type") != "application/octet-stream" {
			return models.Fail(models.KindUnsupported, "request.not_bytes", "Send the body as application/octet-stream.")
		}
		return nil
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return models.Fail(models.KindUnsupported, "request.not_json", "Send the body as application/json.")
	}
	return checkJSON(data)
}

func malformedJSON(pointer, code string) error {
	return &models.Error{
		Kind: models.KindMalformed, Code: "request.malformed",
		Detail: "The body is not the JSON that the API takes. Mend the place that the pointer names.",
		Fields: []models.FieldError{{Pointer: pointer, Code: code}},
	}
}

// maxDepth is S4.
const maxDepth = 32

func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return malformedJSON("#", "bad_utf8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := checkValue(d, "#", 0); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return malformedJSON("#", "trailing_data")
	}
	return nil
}

func checkValue(d *json.Decoder, pointer string, depth int) error {
	if depth > maxDepth {
		return malformedJSON(clip(pointer), "too_deep")
	}
	token, err := d.Token()
	if err != nil {
		return malformedJSON(pointer, "bad_json")
	}
	switch t := token.(type) {
	case json.Number:
		if _, err := t.Int64(); !strings.ContainsAny(t.String(), ".eE") && (err != nil || beyondExact(t)) {
			return malformedJSON(pointer, "number_too_large")
		}
	case json.Delim:
		if t == '{' {
			return checkObject(d, pointer, depth)
		}
		return checkArray(d, pointer, depth)
	}
	return nil
}

// beyondExact tells whether other JSON readers would round the integer.
func beyondExact(n json.Number) bool {
	i, _ := n.Int64()
	return i > 1<<53 || i < -(1<<53)
}

func checkObject(d *json.Decoder, pointer string, depth int) error {
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return malformedJSON(pointer, "bad_json")
		}
		key, _ := token.(string)
		child := pointer + "/" + escapePointer(clip(key))
		if seen[key] {
			return malformedJSON(child, "duplicate_key")
		}
		seen[key] = true
		if err := checkValue(d, child, depth+1); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return malformedJSON(pointer, "bad_json")
	}
	return nil
}

func checkArray(d *json.Decoder, pointer string, depth int) error {
	for i := 0; d.More(); i++ {
		if err := checkValue(d, pointer+"/"+strconv.Itoa(i), depth+1); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return malformedJSON(pointer, "bad_json")
	}
	return nil
}

// escapePointer is RFC 6901.
func escapePointer(s string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(s) }

// shapeError turns the checker's findings into fields. Its own text is left
// out: it quotes what was submitted.
func shapeError(err error) error {
	var fields []models.FieldError
	collectShape(err, "", &fields)
	if len(fields) == 0 {
		return malformed(err)
	}
	slices.SortFunc(fields, func(a, b models.FieldError) int {
		return strings.Compare(a.Pointer+a.Parameter+a.Code, b.Pointer+b.Parameter+b.Code)
	})
	return models.Invalid(slices.CompactFunc(fields, func(a, b models.FieldError) bool {
		return a.Pointer == b.Pointer && a.Parameter == b.Parameter && a.Code == b.Code
	}))
}

func collectShape(err error, parameter string, out *[]models.FieldError) {
	switch x := err.(type) { //nolint:errorlint // the tree is walked level by level
	case openapi3.MultiError:
		for _, inner := range x {
			collectShape(inner, parameter, out)
		}
	case *openapi3filter.RequestError:
		if x.Parameter != nil {
			parameter = x.Parameter.Name
		}
		if x.Err == nil || errors.Is(x.Err, openapi3filter.ErrInvalidRequired) {
			code := "bad_format"
			if x.Err != nil {
				code = "required"
			}
			*out = append(*out, shapeField(parameter, "#", code, nil))
			return
		}
		collectShape(x.Err, parameter, out)
	case *openapi3.SchemaError:
		collectSchema(x, parameter, out)
	case *openapi3filter.ParseError:
		*out = append(*out, shapeField(parameter, "#", "wrong_type", nil))
	default:
		*out = append(*out, shapeField(parameter, "#", "bad_format", nil))
	}
}

func collectSchema(x *openapi3.SchemaError, parameter string, out *[]models.FieldError) {
	pointer := "#"
	for _, part := range x.JSONPointer() {
		pointer += "/" + escapePointer(clip(part))
	}
	if x.SchemaField == "allOf" && x.Origin != nil {
		before := len(*out)
		collectShape(x.Origin, parameter, out)
		if len(*out) > before {
			return
		}
	}
	code, params := shapeCode(x)
	if code == "unknown_member" {
		pointer += "/" + escapePointer(clip(memberName(x.Reason)))
	}
	*out = append(*out, shapeField(parameter, pointer, code, params))
}

// memberName takes the name out of `property "x" is unsupported`, the only
// place where the checker tells it.
func memberName(reason string) string {
	start, end := strings.IndexByte(reason, '"'), strings.LastIndexByte(reason, '"')
	if start < 0 || end <= start {
		return ""
	}
	name, err := strconv.Unquote(reason[start : end+1])
	if err != nil {
		return ""
	}
	return name
}

func shapeField(parameter, pointer, code string, params map[string]any) models.FieldError {
	if parameter != "" {
		return models.FieldError{Parameter: parameter, Code: code, Params: params}
	}
	return models.FieldError{Pointer: pointer, Code: code, Params: params}
}

// shapeCode names what a schema refused, with the bound that was broken.
func shapeCode(x *openapi3.SchemaError) (string, map[string]any) {
	s := x.Schema
	switch x.SchemaField {
	case "required":
		return "required", nil
	case "properties", "additionalProperties":
		return "unknown_member", nil
	case "type":
		return "wrong_type", map[string]any{"type": strings.Join(s.Type.Slice(), " or ")}
	case "nullable":
		return "not_null", nil
	case "enum":
		return "not_allowed", map[string]any{"allowed": s.Enum}
	case "minLength":
		if s.MinLength == 1 {
			return "required", nil
		}
		return "too_short", map[string]any{"min": s.MinLength}
	case "maxLength":
		return "too_long", map[string]any{"max": *s.MaxLength}
	case "minimum":
		return "too_small", map[string]any{"min": *s.Min}
	case "maximum":
		return "too_large", map[string]any{"max": *s.Max}
	case "minItems":
		return "too_few", map[string]any{"min": s.MinItems}
	case "maxItems":
		return "too_many", map[string]any{"max": *s.MaxItems}
	case "minProperties":
		return "required", nil
	}
	return "bad_format", nil
}
