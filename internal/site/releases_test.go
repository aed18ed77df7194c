package site

import (
	"reflect"
	"testing"
)

func TestBlocks_OfTheMethodPage(t *testing.T) {
	t.Parallel()
	got := blocks("# How\n\nOne\nline of **two**.\n\n## What\n\n- first `a`\n  goes on\n- second\n\n1. **One.** x\n2. Two\n")
	want := []block{
		{"title", []string{"How"}},
		{"text", []string{"One line of two."}},
		{"heading", []string{"What"}},
		{"list", []string{"first a goes on", "second"}},
		{"list", []string{"One. x", "Two"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}
