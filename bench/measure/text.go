package measure

import (
	"bufio"
	"math/rand/v2"
	"os"
)

// writeText writes a text of so many words, eight to a line: 20,000 different ones, the n-th of them about n times rarer
// than the first, as in books. It is the same on every run.
func writeText(path string, words int64) (int64, error) {
	r := rand.New(rand.NewPCG(1, 2))
	vocabulary := make([]string, 20_000)
	for i := range vocabulary {
		word := make([]byte, 2+r.IntN(4)+i/4000)
		for j := range word {
			word[j] = byte('a' + r.IntN(26))
		}
		if i%10 == 0 {
			word[0] -= 'a' - 'A'
		}
		vocabulary[i] = string(word)
	}
	rank := rand.NewZipf(r, 1.1, 2, uint64(len(vocabulary)-1))
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriter(f)
	words -= words % 8
	for i := range words {
		separator := byte(' ')
		if i%8 == 7 {
			separator = '\n'
		}
		if _, err = w.WriteString(vocabulary[rank.Uint64()]); err == nil {
			err = w.WriteByte(separator)
		}
		if err != nil {
			_ = f.Close()
			return 0, err
		}
	}
	if err := w.Flush(); err != nil {
		_ = f.Close()
		return 0, err
	}
	return words, f.Close()
}
