// Package portals carries the source of the runtime inside portalsc.
//
// A compiled program links the runtime, so `portalsc build` needs its source, and no module has to be published or
// found for that: what this compiler was built with is what its programs run on. It lies at the root because
// //go:embed cannot look upward.
package portals

import "embed"

// Source is the part of this module that compiled programs are built from: go.mod, go.sum and the runtime's packages,
// with their tests, which nobody needs.
//
//go:embed go.mod go.sum runtime/*.go runtime/*/*.go runtime/*/*/*.go
var Source embed.FS
