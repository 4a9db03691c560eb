package ptl

import (
	"math/bits"
	"strconv"
	"testing"
)

// Slots of stored state are cut by these hashes: a change would lose every key.
func TestHashesNeverChange(t *testing.T) {
	pair := Tuple2Type(IntType, StringType)
	for name, c := range map[string]struct{ got, want uint64 }{
		"0":            {HashInt(0), 0xe220a8397b1dcdaf},
		"1":            {HashInt(1), 0x910a2dec89025cc1},
		"-1":           {HashInt(-1), 0xe4d971771b652c20},
		"empty string": {HashString(""), 0xef46db3751d8e999},
		"string":       {HashString("portal"), 0xd7dd5e434a2d5417},
		"true":         {HashBool(true), HashInt(1)},
		"false":        {HashBool(false), HashInt(0)},
		"pair":         {pair.Hash(Tuple2[int64, string]{7, "x"}), 0xa3fa19336e05af63},
		"none":         {OptionType(IntType).Hash(None[int64]()), HashInt(0)},
		"some":         {OptionType(IntType).Hash(Some[int64](7)), 0x275b71aba510b46d},
		"variant":      {statusType.Hash(1), HashInt(1)},
	} {
		if c.got != c.want {
			t.Errorf("the hash of %s is %#x, was %#x", name, c.got, c.want)
		}
	}
}

// Every bit of the input must reach the top bits, which cut the slots.
func TestHashAvalanche(t *testing.T) {
	const samples = 4000
	for bit := range 64 {
		var flips [16]int
		for i := range int64(samples) {
			v := i * 0x123456789abcd
			diff := (HashInt(v) ^ HashInt(v^1<<bit)) >> 48
			for ; diff != 0; diff &= diff - 1 {
				flips[bits.TrailingZeros64(diff)]++
			}
		}
		for i, n := range flips {
			if n < samples*3/10 || n > samples*7/10 {
				t.Errorf("bit %d flips hash bit %d in %d of %d cases", bit, 48+i, n, samples)
			}
		}
	}
}

func TestHashSpreadsKeysOverSlots(t *testing.T) {
	const slots, keys = 256, 256 * 100
	pair := Tuple2Type(IntType, IntType)
	for name, hash := range map[string]func(i int64) uint64{
		"numbers":      HashInt,
		"hundreds":     func(i int64) uint64 { return HashInt(i * 100) },
		"powers":       func(i int64) uint64 { return HashInt(i << 40) },
		"negative":     func(i int64) uint64 { return HashInt(-i) },
		"milliseconds": func(i int64) uint64 { return HashInt(1_700_000_000_000_000_000 + i*1_000_000) },
		"text":         func(i int64) uint64 { return HashString("user" + strconv.FormatInt(i, 10)) },
		"grid":         func(i int64) uint64 { return pair.Hash(Tuple2[int64, int64]{i % 160, i / 160}) },
	} {
		var counts [slots]int
		for i := range int64(keys) {
			counts[hash(i)>>56]++
		}
		chi := 0.0
		for _, n := range counts {
			d := float64(n) - keys/slots
			chi += d * d / (keys / slots)
		}
		// 255 degrees of freedom: above 400 has a chance of one in a hundred million. Below is better than random, and fine.
		if chi > 400 {
			t.Errorf("%s: chi square is %.0f", name, chi)
		}
	}
}

func BenchmarkHashInt(b *testing.B) {
	sum, i := uint64(0), int64(0)
	for b.Loop() {
		i++
		sum += HashInt(i)
	}
}

func BenchmarkHashString(b *testing.B) {
	for b.Loop() {
		HashString("customer-1234")
	}
}
