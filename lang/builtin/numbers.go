package builtin

var functions = []Entry{
	{Sig: "min[T: ord](a: T, b: T) -> T", Doc: "The lesser of two values, the first if they are equal.", Example: `min(3, 2) == 2`},
	{Sig: "max[T: ord](a: T, b: T) -> T", Doc: "The greater of two values, the first if they are equal.", Example: `max("a", "b") == "b"`},
	{Sig: "abs[T: num](x: T) -> T", Doc: "A number without its sign; fails the event if that does not fit.", Fails: true, Example: `abs(-3) == 3`},
	{Sig: "range(from: Int, until: Int) -> List[Int]", Doc: "The numbers from `from` up to, but without, `until`; fails the event if there are more than 134,217,728.", Fails: true, Example: `range(1, 4) == [1, 2, 3]`},
	{Sig: "Set[T: key](items?: List[T]) -> Set[T]", Doc: "The set of the elements of a list; the empty set without one.", Example: `Set([1, 2, 1]).length == 2`},
	{Sig: "epoch() -> Time", Doc: "1970-01-01T00:00:00Z, where computers start to count time.", Example: `epoch().year() == 1970`},
	{Sig: "now() -> Time", Doc: "The time at which the atom is processed: one value per atom, never going back.", Example: `now() == now()`, TaskOnly: true},
	{Sig: "random(n: Int) -> Int", Doc: "A random number from 0 up to, but without, `n`; fails the event if `n` is not positive.", Fails: true, Example: `random(1) == 0`, TaskOnly: true},
	{Sig: "uuid() -> String", Doc: "A new random UUID (RFC 9562, version 4) in lower case.", Example: `uuid().length == 36`, TaskOnly: true},
}

var numbers = []Entry{
	{Sig: "Bool.toString() -> String", Doc: "`true` or `false` as text.", Example: `true.toString() == "true"`},

	{Sig: "Int.toString() -> String", Doc: "The number in decimal digits.", Example: `42.toString() == "42"`},
	{Sig: "Int.toFloat() -> Float", Doc: "The nearest Float.", Example: `2.toFloat() == 2.0`},
	{Sig: "Int.pow(n: Int) -> Int", Doc: "The `n`-th power; fails the event if `n` is negative or the result does not fit.", Fails: true, Example: `2.pow(10) == 1024`},

	{Sig: "Float.toString() -> String", Doc: "The shortest text that reads back as the same number.", Example: `6.0.toString() == "6.0"`},
	{Sig: "Float.toInt() -> Int", Doc: "The number without its fraction; fails the event if it does not fit.", Fails: true, Example: `(-2.7).toInt() == -2`},
	{Sig: "Float.floor() -> Int", Doc: "The greatest Int not above; fails the event if it does not fit.", Fails: true, Example: `(-2.7).floor() == -3`},
	{Sig: "Float.ceil() -> Int", Doc: "The least Int not below; fails the event if it does not fit.", Fails: true, Example: `2.1.ceil() == 3`},
	{Sig: "Float.round() -> Int", Doc: "The nearest Int, halves away from zero; fails the event if it does not fit.", Fails: true, Example: `2.5.round() == 3`},
	{Sig: "Float.roundTo(digits: Int) -> Float", Doc: "Rounded to so many decimal places, halves away from zero.", Example: `3.14159.roundTo(2) == 3.14`},
	{Sig: "Float.sqrt() -> Float", Doc: "The square root; not a number below zero.", Example: `9.0.sqrt() == 3.0`},
	{Sig: "Float.pow(x: Float) -> Float", Doc: "The number raised to the power `x`.", Example: `2.0.pow(0.5) == 2.0.sqrt()`},
	{Sig: "Float.exp() -> Float", Doc: "e raised to the number.", Example: `0.0.exp() == 1.0`},
	{Sig: "Float.ln() -> Float", Doc: "The natural logarithm.", Example: `1.0.ln() == 0.0`},
	{Sig: "Float.isNaN() -> Bool", Doc: "Whether the value is not a number.", Example: `(-1.0).sqrt().isNaN()`},
}
