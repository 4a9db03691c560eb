package runtime

import "os"

// headroomBytes is how much garbage may lie about before the collector runs, however small the live heap is.
const headroomBytes = 32 << 20

// headroom is memory that is never written, so it takes none of the machine's; it only counts.
var headroom []byte

// MakeHeadroom lets a small heap be collected less often. The collector runs whenever the heap has doubled; a program whose
// state fits into a few megabytes, but whose events cost memory, would be collected hundreds of times a second. Large
// heaps are collected as ever, so memory per key stays what it is. Main does this; who embeds an app with Run decides for
// his own process, and who sets GOGC has decided.
func MakeHeadroom() {
	if _, set := os.LookupEnv("GOGC"); !set && headroom == nil {
		headroom = make([]byte, headroomBytes)
	}
}
