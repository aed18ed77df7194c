package intake

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// triggers find where expressions may match at all: each needs words to stand in
// the sentence. Looking for words is many times faster than trying every
// expression on every sentence.
type triggers struct {
	words       [1 << 16][]*trigger // by the first two bytes
	expressions [][][]int           // expression → ways to match → groups that a way needs
	groups      int
}

// trigger is a lower-case word with the groups that it belongs to.
type trigger struct {
	text   string
	groups []int
}

func newTriggers() *triggers { return &triggers{} }

// add takes an expression in and answers its number.
func (t *triggers) add(expression *regexp.Regexp) int {
	tree, err := syntax.Parse(expression.String(), syntax.Perl)
	if err != nil {
		panic(err) // it compiled before
	}
	var all [][]int
	for _, w := range waysOf(tree.Simplify()) {
		var way []int
		for _, words := range w {
			for _, word := range words {
				t.word(word, t.groups)
			}
			way = append(way, t.groups)
			t.groups++
		}
		all = append(all, way)
	}
	t.expressions = append(t.expressions, all)
	return len(t.expressions) - 1
}

func pair(text string) int { return int(text[0])<<8 | int(text[1]) }

func (t *triggers) word(text string, group int) {
	key := pair(text)
	for _, w := range t.words[key] {
		if w.text == text {
			w.groups = append(w.groups, group)
			return
		}
	}
	t.words[key] = append(t.words[key], &trigger{text, []int{group}})
}

// leastLiteral is how many bytes a word must have to be worth looking for.
const leastLiteral = 2

// mostWays bounds the ways of one expression.
const mostWays = 40

// way is what one way to match needs: of each group at least one word.
type way [][]string

// waysOf are the ways an expression may match; a way without groups may match
// anywhere.
func waysOf(re *syntax.Regexp) []way {
	switch re.Op {
	case syntax.OpLiteral:
		if word := strings.ToLower(string(re.Rune)); len(word) >= leastLiteral {
			return []way{{{word}}}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return waysOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return waysOf(re.Sub[0])
		}
	case syntax.OpAlternate:
		var all []way
		for _, sub := range re.Sub {
			all = append(all, waysOf(sub)...)
		}
		return merged(all, mostWays)
	case syntax.OpConcat:
		all := []way{{}}
		for _, sub := range re.Sub {
			further := merged(waysOf(sub), mostWays/len(all))
			var next []way
			for _, a := range all {
				for _, b := range further {
					next = append(next, append(slices.Clone(a), b...))
				}
			}
			all = next
		}
		return all
	}
	return []way{{}}
}

// merged joins ways of one group, and all of them if they are more than most.
func merged(ways []way, most int) []way {
	var single []string
	var rest []way
	for _, w := range ways {
		switch len(w) {
		case 0:
			return []way{{}}
		case 1:
			single = append(single, w[0]...)
		default:
			rest = append(rest, w)
		}
	}
	if len(rest)+1 > most {
		for _, w := range rest {
			single = append(single, rarest(w)...)
		}
		rest = nil
	}
	if len(single) > 0 {
		rest = append(rest, way{single})
	}
	return rest
}

// rarest is the group whose shortest word is the longest.
func rarest(w way) []string {
	shortest := func(words []string) int {
		return len(slices.MinFunc(words, func(a, b string) int { return len(a) - len(b) }))
	}
	return slices.MaxFunc(w, func(a, b []string) int { return shortest(a) - shortest(b) })
}

// fired tells for each sentence which groups have a word in it, a bit each.
type fired struct {
	expressions [][][]int
	bits        [][]uint64
}

// has tells whether an expression may match in a sentence.
func (f fired) has(sentence, expression int) bool {
	bits := f.bits[sentence]
	for _, way := range f.expressions[expression] {
		if !slices.ContainsFunc(way, func(g int) bool { return bits[g/64]&(1<<(g%64)) == 0 }) {
			return true
		}
	}
	return false
}

func (t *triggers) fire(sentences []sentence) fired {
	out := fired{t.expressions, make([][]uint64, len(sentences))}
	size := (t.groups + 63) / 64
	bits := make([]uint64, size*len(sentences))
	for i, s := range sentences {
		out.bits[i] = bits[i*size : (i+1)*size]
		text := strings.ToLower(s.text)
		for at := range len(text) - 1 {
			for _, w := range t.words[pair(text[at:])] {
				if !strings.HasPrefix(text[at:], w.text) {
					continue
				}
				for _, g := range w.groups {
					out.bits[i][g/64] |= 1 << (g % 64)
				}
			}
		}
	}
	return out
}
