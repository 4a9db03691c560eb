package toolchain

import (
	"errors"
	"fmt"
	"strings"
)

var errNoGo = errors.New(`the Go toolchain was not found; portalsc compiles programs with it.
Install Go 1.26 or newer from https://go.dev/dl/, and see to it that "go" is in PATH`)

// reasons are what can go wrong in a Go build that is neither the user's mistake nor ours, by what Go says about it.
var reasons = []struct{ sign, text string }{
	{"requires go >=", `this Go is too old: portalsc needs Go 1.26 or newer.
Install it from https://go.dev/dl/, or let an older Go fetch it: GOTOOLCHAIN=auto with a network connection`},
	{"toolchain not available", `this Go is too old, and the newer one that it looked for could not be fetched.
Install Go 1.26 or newer from https://go.dev/dl/`},
	{"module lookup disabled by GOPROXY", offline},
	{"dial tcp", offline},
	{"no such host", offline},
	{"proxyconnect", offline},
	{"i/o timeout", offline},
	{"TLS handshake", offline},
	{"no space left on device", "the disk is full: building needs room in the Go build cache and in the cache of portalsc"},
	{"signal: killed", "the Go compiler was killed, as happens when memory runs out"},
}

const offline = `the runtime's third-party modules are not on this machine, and could not be downloaded.
Run the command once with a network connection (or with GOPROXY set to a proxy that you can reach); they stay in the Go module cache`

// explain says what a failed build means. What fits no reason is a bug of ours: generated Go must compile.
func explain(err error, stderr string) error {
	stderr = strings.TrimSpace(stderr)
	for _, r := range reasons {
		if strings.Contains(stderr, r.sign) || strings.Contains(err.Error(), r.sign) {
			return fmt.Errorf("%s.\nGo says: %s", r.text, lastLine(stderr))
		}
	}
	return fmt.Errorf("the generated Go does not build (%w). This is a bug of portalsc; please report it with the program.\n%s", err, stderr)
}

func lastLine(text string) string { return text[strings.LastIndexByte(text, '\n')+1:] }
