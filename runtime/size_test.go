package runtime

import "testing"

func TestSizes(t *testing.T) {
	for text, want := range map[string]size{
		"1": 1, "100B": 100, "64KiB": 64 << 10, "512MiB": 512 << 20, "1.5GiB": 3 << 29, "2 GB": 2e9, "5kB": 5000,
		"": 0, "0": 0, "-1MiB": 0, "MiB": 0, "5 apples": 0, "1e30GiB": 0, "NaN": 0, "0.1": 0,
	} {
		var s size
		err := s.Set(text)
		if s != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %d, %v; want %d", text, s, err, want)
		}
	}
}
