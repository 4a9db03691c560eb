package ptl

import (
	"fmt"
	"testing"
)

var mapSizes = []int64{8, 100, 10_000, 1_000_000}

func filled(n int64) (m Map[int64, int64], g map[int64]int64) {
	g = map[int64]int64{}
	for i := range n {
		MapPut(&m, i*7919, i)
		g[i*7919] = i
	}
	return m, g
}

func BenchmarkMapGet(b *testing.B) {
	for _, n := range mapSizes {
		m, g := filled(n)
		b.Run(fmt.Sprintf("ptl/%d", n), func(b *testing.B) {
			sum, i := int64(0), int64(0)
			for b.Loop() {
				i = (i + 4801) % n
				sum += MapGet(m, i*7919).Value
			}
		})
		b.Run(fmt.Sprintf("go/%d", n), func(b *testing.B) {
			sum, i := int64(0), int64(0)
			for b.Loop() {
				i = (i + 4801) % n
				sum += g[i*7919]
			}
		})
	}
}

func BenchmarkMapUpdateOwned(b *testing.B) {
	for _, n := range mapSizes {
		m, g := filled(n)
		b.Run(fmt.Sprintf("ptl/%d", n), func(b *testing.B) {
			i := int64(0)
			for b.Loop() {
				i = (i + 4801) % n
				MapPut(&m, i*7919, i)
			}
		})
		b.Run(fmt.Sprintf("go/%d", n), func(b *testing.B) {
			i := int64(0)
			for b.Loop() {
				i = (i + 4801) % n
				g[i*7919] = i
			}
		})
	}
}

func BenchmarkMapUpdateShared(b *testing.B) {
	for _, n := range mapSizes {
		m, _ := filled(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			i := int64(0)
			for b.Loop() {
				i = (i + 4801) % n
				_ = m.Share()
				MapPut(&m, i*7919, i)
			}
		})
	}
}

func BenchmarkMapInsert(b *testing.B) {
	for _, n := range mapSizes {
		b.Run(fmt.Sprintf("ptl/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for range b.N/int(n) + 1 {
				var m Map[int64, int64]
				for i := range n {
					MapPut(&m, i*7919, i)
				}
			}
		})
		b.Run(fmt.Sprintf("go/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for range b.N/int(n) + 1 {
				g := map[int64]int64{}
				for i := range n {
					g[i*7919] = i
				}
			}
		})
	}
}

func BenchmarkMapStringGet(b *testing.B) {
	var m Map[string, int64]
	g := map[string]int64{}
	keys := make([]string, 10_000)
	for i := range keys {
		keys[i] = fmt.Sprint("key", i)
		MapPut(&m, keys[i], int64(i))
		g[keys[i]] = int64(i)
	}
	b.Run("ptl", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i = (i + 4801) % len(keys)
			_ = MapGet(m, keys[i])
		}
	})
	b.Run("go", func(b *testing.B) {
		i := 0
		for b.Loop() {
			i = (i + 4801) % len(keys)
			_ = g[keys[i]]
		}
	})
}

func BenchmarkMapRange(b *testing.B) {
	m, g := filled(10_000)
	b.Run("ptl", func(b *testing.B) {
		for b.Loop() {
			sum := int64(0)
			for _, v := range m.All() {
				sum += v
			}
		}
	})
	b.Run("go", func(b *testing.B) {
		for b.Loop() {
			sum := int64(0)
			for _, v := range g {
				sum += v
			}
		}
	})
}
