package disclosure

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize/convex/lp"
)

// problem is: maximise objective·x under a·x ≤ limit and x ≥ 0, where x = 0 is
// allowed (every limit is 0 or more).
type problem struct {
	objective []float64
	rows      [][]float64
	limits    []float64
}

// solver gives the x of the greatest objective.
type solver func(problem) ([]float64, error)

// tolerance of the solver; persons are whole numbers.
const tolerance = 1e-7

// errUnsolved is any way in which the solver fails.
var errUnsolved = errors.New("the linear program was not solved")

// simplex solves with gonum. It may panic where a matrix is badly conditioned;
// that is a failure like any other.
func simplex(p problem) (x []float64, err error) {
	defer func() {
		if r := recover(); r != nil {
			x, err = nil, fmt.Errorf("%w: %v", errUnsolved, r)
		}
	}()
	n, m := len(p.objective), len(p.rows)
	a := mat.NewDense(m, n+m, nil)
	cost := make([]float64, n+m)
	basic := make([]int, m)
	for j, c := range p.objective {
		cost[j] = -c
	}
	for i, row := range p.rows {
		for j, v := range row {
			a.Set(i, j, v)
		}
		a.Set(i, n+i, 1)
		basic[i] = n + i
	}
	_, x, err = lp.Simplex(cost, a, p.limits, tolerance, basic)
	if err != nil || len(x) < n {
		return nil, fmt.Errorf("%w: %w", errUnsolved, errors.Join(err))
	}
	for _, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, errUnsolved
		}
	}
	return x[:n], nil
}
