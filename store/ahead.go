package store

import "sync"

// ahead reads the next list while use works on the one before: reading and
// writing a file take a processor each. It ends when there is no more, when use
// has enough, or at the first error; nothing is being read any more then.
func ahead[T any](next func() (list []T, more bool, err error), use func([]T) (more bool, err error)) error {
	type step struct {
		list  []T
		err   error
		fault any // next panicked
	}
	steps, stop := make(chan step), make(chan struct{})
	var reader sync.WaitGroup
	defer reader.Wait()
	defer close(stop)
	reader.Go(func() {
		defer close(steps)
		send := func(s step) (wanted bool) {
			select {
			case steps <- s:
				return true
			case <-stop:
				return false
			}
		}
		defer func() {
			if fault := recover(); fault != nil {
				send(step{fault: fault})
			}
		}()
		for {
			list, more, err := next()
			if err == nil && !more || !send(step{list: list, err: err}) || err != nil {
				return
			}
		}
	})
	for s := range steps {
		if s.fault != nil {
			panic(s.fault) // where whoever asked answers for it
		}
		if s.err != nil {
			return s.err
		}
		if more, err := use(s.list); !more || err != nil {
			return err
		}
	}
	return nil
}
