package runtime

import (
	"strings"
	"testing"
)

func TestSizes(t *testing.T) {
	for text, want := range map[string]size{
		"16MiB": 16 << 20, "512MiB": 512 << 20, "1.5GiB": 3 << 29, "2 GB": 2e9, "20000kB": 2e7, "20000000": 2e7,
		"5": 0, "512": 0, "1": 0, "100B": 0, "15MiB": 0, "64KiB": 0, "": 0, "0": 0, "-1MiB": 0, "MiB": 0, "5 apples": 0, "1e30GiB": 0, "NaN": 0, "0.1": 0,
	} {
		var s size
		err := s.Set(text)
		if err != nil && !strings.Contains(err.Error(), "MiB") {
			t.Errorf("%q: no remedy: %v", text, err)
		}
		if s != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %d, %v; want %d", text, s, err, want)
		}
	}
}

func TestCounts(t *testing.T) {
	for text, want := range map[string]count{
		"1": 1, "1024": 1024, "0": 0, "-3": 0, "1025": 0, "99999999999999999999": 0, "x": 0, "": 0, "2.5": 0,
	} {
		var c count
		err := c.Set(text)
		if c != want || (err == nil) != (want > 0) || err != nil && !strings.Contains(err.Error(), "from 1 to 1024") {
			t.Errorf("%q is %d, %v; want %d", text, c, err, want)
		}
	}
}
