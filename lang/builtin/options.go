package builtin

var options = []Entry{
	{Sig: "Option[T].isSome() -> Bool", Doc: "Whether there is a value.", Example: `Some(1).isSome()`},
	{Sig: "Option[T].isNone() -> Bool", Doc: "Whether there is no value.", Example: `[1][5].isNone()`},
	{Sig: "Option[T].map[U](f: fun(T) -> U) -> Option[U]", Doc: "The value changed by `f`, if there is one.", Example: `Some(2).map(x => x * 3) == Some(6)`},
	{Sig: "Option[T].flatMap[U](f: fun(T) -> Option[U]) -> Option[U]", Doc: "What `f` makes of the value, if there is one.", Example: `Some("7").flatMap(s => s.toInt()) == Some(7)`},
	{Sig: "Option[T].filter(f: fun(T) -> Bool) -> Option[T]", Doc: "The value, if there is one and `f` holds for it.", Example: `Some(2).filter(x => x > 5) == None`},
	{Sig: "Option[T].orElse(other: Option[T]) -> Option[T]", Doc: "This value if there is one, else the other.", Example: `[1][5].orElse(Some(3)) == Some(3)`},
	{Sig: "Option[T].okOr[E](error: E) -> Result[T, E]", Doc: "The value as `Ok`, or the error.", Example: `Some(2).okOr("none") == Ok(2)`},
	{Sig: "Option[T].toList() -> List[T]", Doc: "The list of the value, or the empty list.", Example: `Some(2).toList() == [2]`},

	{Sig: "Result[T, E].isOk() -> Bool", Doc: "Whether this is a value.", Example: `"7".toInt().okOr("no number").isOk()`},
	{Sig: "Result[T, E].isErr() -> Bool", Doc: "Whether this is an error.", Example: `"x".toInt().okOr("no number").isErr()`},
	{Sig: "Result[T, E].map[U](f: fun(T) -> U) -> Result[U, E]", Doc: "The value changed by `f`, or the error.", Example: `"7".toInt().okOr("no number").map(n => n + 1) == Ok(8)`},
	{Sig: "Result[T, E].mapErr[F](f: fun(E) -> F) -> Result[T, F]", Doc: "The value, or the error changed by `f`.", Example: `"x".toInt().okOr("no").mapErr(e => e.length) == Err(2)`},
	{Sig: "Result[T, E].flatMap[U](f: fun(T) -> Result[U, E]) -> Result[U, E]", Doc: "What `f` makes of the value, or the error.", Example: `Some("7").okOr("none").flatMap(s => s.toInt().okOr("no number")) == Ok(7)`},
	{Sig: "Result[T, E].toOption() -> Option[T]", Doc: "The value, without the reason if there is none.", Example: `"7".toInt().okOr("no number").toOption() == Some(7)`},
}
