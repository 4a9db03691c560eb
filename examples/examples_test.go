// Package examples has no code of its own: its tests keep the programs and their inputs in order.
package examples

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
)

var update = flag.Bool("update", false, "write the inputs of the examples")

// TestTheExamplesAreRight checks every program; none has so much as a warning.
func TestTheExamplesAreRight(t *testing.T) {
	paths, err := filepath.Glob("*.ptl")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no examples", err)
	}
	dirs, err := filepath.Glob("apps/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(paths, dirs...) {
		t.Run(filepath.ToSlash(path), func(t *testing.T) {
			found := codegen.Check([]*codegen.App{app(t, path)}, codegen.Options{Resolve: resolve})
			if len(found) > 0 {
				var text strings.Builder
				_ = diag.Text(&text, found, diag.TextOptions{}) // a strings.Builder takes everything
				t.Error(text.String())
			}
		})
	}
}

func app(t *testing.T, path string) *codegen.App {
	t.Helper()
	a := &codegen.App{Name: strings.TrimSuffix(filepath.Base(path), ".ptl"), Dir: filepath.Dir(path)}
	if filepath.Ext(path) == "" {
		files, err := resolve(path, true)
		if err != nil {
			t.Fatal(err)
		}
		a.Dir, a.Files = path, files
		return a
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	a.Files = []*source.File{source.New(path, string(text))}
	return a
}

// resolve finds the files of a directory.
func resolve(path string, _ bool) ([]*source.File, error) {
	paths, err := filepath.Glob(filepath.Join(path, "*.ptl"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no programs in %s (%v)", path, err)
	}
	var files []*source.File
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			return nil, err
		}
		files = append(files, source.New(filepath.ToSlash(p), string(text)))
	}
	return files, nil
}

// TestTheInputsAreInStep makes the inputs again, from the same seeds. With -update it writes them.
func TestTheInputsAreInStep(t *testing.T) {
	for name, write := range map[string]func(*rand.Rand, *bytes.Buffer){
		"cart.ndjson": carts, "restock.ndjson": restocking, "events.ndjson": visits, "earthquakes.csv": earthquakes,
	} {
		var want bytes.Buffer
		write(rand.New(rand.NewPCG(1, 1)), &want)
		if *update {
			if err := os.WriteFile(name, want.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s is not what it is made from (go test ./examples -update writes it): %v", name, err)
		}
	}
}

// carts are what 40 shoppers do with 60 articles: seven in ten steps put something in, one takes it out again, two
// buy it all.
func carts(r *rand.Rand, out *bytes.Buffer) {
	var inside [40][]int
	for range 2000 {
		user := r.IntN(len(inside))
		items := inside[user]
		switch n := r.IntN(10); {
		case n < 7 || len(items) == 0 && n < 8:
			item := r.IntN(60)
			inside[user] = append(items, item)
			fmt.Fprintf(out, `{"type":"Add","user":%d,"item":%d}`+"\n", user, item)
		case n < 8:
			fmt.Fprintf(out, `{"type":"Remove","user":%d,"item":%d}`+"\n", user, items[r.IntN(len(items))])
		default:
			inside[user] = nil
			fmt.Fprintf(out, `{"type":"Checkout","user":%d}`+"\n", user)
		}
	}
}

// restocking delivers single articles.
func restocking(r *rand.Rand, out *bytes.Buffer) {
	for range 400 {
		fmt.Fprintf(out, `{"type":"Put","item":%d}`+"\n", r.IntN(60))
	}
}

// visits are those of six users to twenty pages; one in fifty asks to be forgotten.
func visits(r *rand.Rand, out *bytes.Buffer) {
	users := []string{"ann", "bo", "cem", "dee", "eli", "fay"}
	for range 1000 {
		user := users[r.IntN(len(users))]
		if r.IntN(50) == 0 {
			fmt.Fprintf(out, `{"type":"Forget","user":%q}`+"\n", user)
			continue
		}
		fmt.Fprintf(out, `{"type":"Visit","user":%q,"page":"/p%d"}`+"\n", user, r.IntN(20))
	}
}

// earthquakes are made up, in the form in which agencies publish real ones: more columns than the program wants, and
// gaps where nobody measured.
func earthquakes(r *rand.Rand, out *bytes.Buffer) {
	networks := []string{"AV", "CI", "NC", "NN", "UW", "pr"}
	out.WriteString("DateTime,Latitude,Longitude,Depth,Magnitude,MagType,NbStations,Gap,Distance,RMS,Source,EventID\n")
	for i := range 2000 {
		gap := ""
		if r.IntN(10) > 0 {
			gap = fmt.Sprint(r.IntN(360))
		}
		fmt.Fprintf(out, "2016/01/%02d %02d:%02d:%05.2f,%.4f,%.4f,%.2f,%.2f,%s,%d,%s,%d,%.2f,%s,%d\n",
			1+i/80, i/4%24, r.IntN(60), r.Float64()*59.99, 30+r.Float64()*30, -150+r.Float64()*40, r.Float64()*80,
			min(0.5+r.ExpFloat64()*1.1, 8.6), [...]string{"Md", "ML", "Mw"}[r.IntN(3)], r.IntN(60), gap, r.IntN(9), r.Float64(),
			networks[r.IntN(len(networks))], 500_000+i)
	}
}
