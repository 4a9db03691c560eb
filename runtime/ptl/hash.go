package ptl

import (
	"math/bits"

	"github.com/cespare/xxhash/v2"
)

// Hashes of keys decide which slot a key lives in, so they are part of what is stored: the same in every process, on
// every machine, in every version. TestHashesNeverChange pins them. Slots are cut by the top bits, tables may use any.

// The constants are those of wyhash and of the golden ratio; what matters is that they are odd and without pattern.
const (
	hashSalt = 0x9e3779b97f4a7c15
	hashMul  = 0xa0761d6478bd642f
)

// HashInt mixes by one 64x64 bit multiplication whose halves are folded together (the step of wyhash): the lower half
// carries low input bits upward, the upper half carries high ones downward.
func HashInt(v int64) uint64 {
	hi, lo := bits.Mul64(uint64(v)^hashSalt, hashMul)
	return hi ^ lo
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

// HashCombine goes on from h, the hash of what came before, with x, the hash of the next part. Order matters.
func HashCombine(h, x uint64) uint64 {
	hi, lo := bits.Mul64(bits.RotateLeft64(h, 29)+x^hashSalt, hashMul)
	return hi ^ lo
}
