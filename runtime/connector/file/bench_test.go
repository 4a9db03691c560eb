package file

import (
	"bufio"
	"io"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/ptl"
)

// verse is a file of lines of 50 bytes, on disk (that is, in the page cache).
func verse(b *testing.B, n int, line string) (path string, size int64) {
	path = b.TempDir() + "/in"
	all := strings.Repeat(line, n)
	put(b, vfs.Default, path, all)
	return path, int64(len(all))
}

func benchSource[T any](b *testing.B, events int, size int64, source func() ptl.Source[T]) {
	env := &ptl.Env{FS: vfs.Default, Stream: "bench"}
	b.SetBytes(size)
	b.ReportAllocs()
	var buf []T
	for b.Loop() {
		s := open(b, source(), env, nil)
		n := 0
		for {
			got, _, err := s.Next(buf[:0])
			if err == io.EOF {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			buf = got
			n += len(got)
		}
		if n != events {
			b.Fatal(n)
		}
		_ = s.Close()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(events), "ns/event")
}

const benchLines = 200_000

var taken string

func BenchmarkLinesSource(b *testing.B) {
	path, size := verse(b, benchLines, "The quality of mercy is not strain'd, it droppeth\n")
	for _, c := range []struct {
		name   string
		events int64
	}{{"atoms of 1000", 1000}, {"atoms of 5", 5}, {"atoms of 1", 1}} {
		b.Run(c.name, func(b *testing.B) {
			benchSource(b, benchLines, size, func() ptl.Source[string] { return lines(path, c.events) })
		})
	}
	b.Run("bufio.Scanner", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			f, err := vfs.Default.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for s := bufio.NewScanner(f); s.Scan(); n++ {
				taken = s.Text()
			}
			if n != benchLines {
				b.Fatal(n)
			}
			_ = f.Close()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchLines, "ns/event")
	})
}

func BenchmarkNDJSONSource(b *testing.B) {
	path, size := verse(b, benchLines, "{\"user\":123456,\"item\":\"The quality of mercy is\"}\n")
	benchSource(b, benchLines, size, func() ptl.Source[order] {
		return NDJSONSource(orderType, SourceOptions{Path: path, Atom: ptl.Cut{Events: 1000}})
	})
}

func BenchmarkCSVSource(b *testing.B) {
	path, size := verse(b, benchLines, "123456,The quality of mercy is not strain'd droppe\n")
	benchSource(b, benchLines, size, func() ptl.Source[order] {
		return CSVSource(orderType, SourceOptions{Path: path, Atom: ptl.Cut{Events: 1000}, NoHeader: true})
	})
}

func BenchmarkSink(b *testing.B) {
	orders := make([]order, 1000)
	for i := range orders {
		orders[i] = order{int64(i), "The quality of mercy is"}
	}
	for name, sink := range map[string]func(o SinkOptions) ptl.Sink[order]{
		"lines":  func(o SinkOptions) ptl.Sink[order] { return LinesSink(orderType, o) },
		"ndjson": func(o SinkOptions) ptl.Sink[order] { return NDJSONSink(orderType, o) },
		"csv":    func(o SinkOptions) ptl.Sink[order] { return CSVSink(orderType, o) },
	} {
		b.Run(name, func(b *testing.B) {
			s := openSink(b, sink(SinkOptions{Path: b.TempDir() + "/out"}), &ptl.Env{FS: vfs.Default}, nil)
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Write(orders); err != nil {
					b.Fatal(err)
				}
				if _, err := s.Sync(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(orders)), "ns/event")
			_ = s.Close()
		})
	}
}

// BenchmarkPosition is what a position costs that follows the one before at the distance of a short atom.
func BenchmarkPosition(b *testing.B) {
	t := newTrail()
	atom := make([]byte, 250)
	b.ReportAllocs()
	for b.Loop() {
		t.add(atom)
		p := position{mark: t.mark(), lines: 1000}
		_ = p.append(make([]byte, 0, 48))
	}
}
