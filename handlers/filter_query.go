package handlers

import (
	"errors"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"farwatch/models"
)

// maxListValues is what the contract lets one filter parameter hold.
const maxListValues = 100

// filterFromQuery reads a query string as the contract reads the address of
// the list, so that a saved search means what its address meant. It answers
// the canonical text too. Faults name the body's member query.
func (h *Handlers) filterFromQuery(text string) (models.IncidentFilter, string, error) {
	bad := func(code string) error {
		return models.Invalid([]models.FieldError{{Pointer: "#/query", Code: code}})
	}
	values, err := url.ParseQuery(strings.TrimPrefix(text, "?"))
	if err != nil {
		return models.IncidentFilter{}, "", bad("bad_format")
	}
	var p filterParams
	target := reflect.ValueOf(&p).Elem()
	fields := map[string]reflect.Value{}
	for i := range target.NumField() {
		fields[target.Type().Field(i).Tag.Get("json")] = target.Field(i)
	}
	for name, list := range values {
		field, known := fields[name]
		if !known || len(list) != 1 {
			return models.IncidentFilter{}, "", bad("unknown_parameter")
		}
		if list[0] == "" {
			values.Del(name)
			continue
		}
		if !setParameter(field, list[0]) {
			return models.IncidentFilter{}, "", bad("bad_format")
		}
	}
	f, err := h.incidentFilter(p)
	var fault *models.Error
	if errors.As(err, &fault) && len(fault.Fields) > 0 {
		first := fault.Fields[0]
		return f, "", models.Invalid([]models.FieldError{{Pointer: "#/query", Code: first.Code, Params: first.Params}})
	}
	return f, values.Encode(), err
}

// setParameter reads text as the field's type; false if it is none.
func setParameter(field reflect.Value, text string) bool {
	switch field.Interface().(type) {
	case []string:
		list := strings.Split(text, ",")
		field.Set(reflect.ValueOf(list))
		return len(list) <= maxListValues
	case []int:
		list := strings.Split(text, ",")
		numbers := make([]int, 0, len(list))
		for _, s := range list {
			n, err := strconv.ParseInt(s, 10, 32)
			if err != nil {
				return false
			}
			numbers = append(numbers, int(n))
		}
		field.Set(reflect.ValueOf(numbers))
		return len(list) <= maxListValues
	case *string:
		field.Set(reflect.ValueOf(&text))
		return true
	case *bool:
		b := text == "true"
		field.Set(reflect.ValueOf(&b))
		return b || text == "false"
	case *time.Time:
		at, err := time.Parse(time.RFC3339, text)
		field.Set(reflect.ValueOf(&at))
		return err == nil
	}
	return false
}
