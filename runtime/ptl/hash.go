package ptl

import (
	"math/bits"

	"github.com/cespare/xxhash/v2"
)

// Hashes of keys decide which slot a key lives in, so they are part of what is stored: the same in every process, on
// every machine, in every version. TestHashesNeverChange pins them. Slots are cut by the top bits, tables may use any.

const (
	hashSalt = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio
	hashMul  = 0xa0761d6478bd642f // from wyhash: odd, and without pattern
)

// HashInt is one step of SplitMix64 (Steele, Lea and Flood, 2014): two multiplications, after which every input bit
// flips every output bit in about half of all cases. One would not do: it leaves the slots of neighbours related.
func HashInt(v int64) uint64 {
	x := uint64(v) + hashSalt
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// HashString is XXH64 with seed 0.
func HashString(s string) uint64 { return xxhash.Sum64String(s) }

// HashBool is the hash of 0 or 1.
func HashBool(v bool) uint64 {
	if v {
		return HashInt(1)
	}
	return HashInt(0)
}

// HashCombine goes on from h, the hash of what came before, with x, the hash of the next part. Order matters. As both are
// hashes already, folding the halves of one product together (the step of wyhash) mixes them well enough.
func HashCombine(h, x uint64) uint64 {
	hi, lo := bits.Mul64(bits.RotateLeft64(h, 29)+x^hashSalt, hashMul)
	return hi ^ lo
}
