// Package ptl is what generated code calls: the values of the language, the parts that a workflow's code is made of,
// and the description of an application that the engine runs.
//
// Values. Bool, Int, Float and String are Go's bool, int64, float64 and string; everything else has a type here or a
// generated struct. All values are immutable but for what a `var` or `state` holds: such a place may own its List, Map
// or Set and change it in place. Reading a place as a value (to emit, ask, bind or store it) goes through Share,
// which takes that ownership away, so the next change copies first. Nothing else ever owns: a value is safe by default.
// Two things may read a collection where it stands, without Share: built-ins their receiver, since they see whether it is
// owned and copy what would become part of their result; and a loop whose body cannot change the place.
//
// What generic code must know about a type (how to compare, print, encode it) stands in its descriptor, a *Type[T],
// built once per program by generated code from the descriptors here.
package ptl
