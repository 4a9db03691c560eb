package builtin

// hints maps names that other languages have, by receiver, to what is written here. The receiver "" is for functions.
var hints = map[string]map[string]string{
	"": {
		"len": "xs.length", "print": "log \"text\"", "println": "log \"text\"", "listOf": "[a, b]", "mapOf": "[\"key\": value]",
		"setOf": "Set([a, b])", "str": "\"${x}\"", "panic": "fail \"reason\"", "error": "fail \"reason\"", "throw": "fail \"reason\"",
		"assert": "expect …", "sleep": "await … within 5s",
	},
	"String": {
		"size": "s.length", "len": "s.length", "uppercase": "s.upper()", "toUpperCase": "s.upper()", "lowercase": "s.lower()",
		"toLowerCase": "s.lower()", "substring": "s.slice(from, until)", "concat": "a + b", "toString": "s itself",
		"append": "a + b", "hasPrefix": "s.startsWith(part)", "hasSuffix": "s.endsWith(part)", "fields": "s.words()",
		"count": "s.split(part).length - 1", "strip": "s.trim()",
	},
	"List": {
		"size": "xs.length", "len": "xs.length", "append": "xs.push(x)", "add": "xs.push(x)", "addAll": "xs.pushAll(ys)",
		"extend": "xs.pushAll(ys)", "get": "xs[i]", "at": "xs[i]", "set": "xs[i] = x", "forEach": "for x in xs { … }",
		"each": "for x in xs { … }", "reduce": "xs.fold(start, (sum, x) => …)", "some": "xs.any(f)", "every": "xs.all(f)",
		"includes": "xs.contains(x)", "has": "xs.contains(x)", "sorted": "xs.sort()", "sortedBy": "xs.sortBy(f)",
		"reversed": "xs.reverse()", "mapNotNull": "xs.filterMap(f)", "head": "xs.first()", "toList": "xs itself",
		"sumOf": "xs.map(f).sum()", "sumBy": "xs.map(f).sum()", "flatten": "xs.flatMap(x => x)", "plus": "xs.concat(ys)",
		"joinToString": "xs.join(\", \")", "withIndex": "xs.enumerate()", "indexed": "xs.enumerate()", "chunked": "xs.chunks(n)",
		"isNotEmpty": "!xs.isEmpty()", "unique": "xs.distinct()", "pop": "xs.removeAt(xs.length - 1)", "firstOrNull": "xs.first()",
		"lastOrNull": "xs.last()", "associate": "xs.map(x => (key, value)).toMap()", "concatMap": "xs.flatMap(f)",
	},
	"Map": {
		"size": "m.length", "len": "m.length", "get": "m[key]", "put": "m[key] = value", "set": "m[key] = value",
		"insert": "m[key] = value", "contains": "m.has(key)", "containsKey": "m.has(key)", "getOrDefault": "m[key] ?? default",
		"getOrElse": "m[key] ?? default", "delete": "m.remove(key)", "map": "m.entries().map((k, v) => …)",
		"forEach": "for (k, v) in m { … }", "toList": "m.entries()", "items": "m.entries()", "sortBy": "m.entries().sortBy((k, v) => …)",
		"any": "m.entries().any((k, v) => …)", "all": "m.entries().all((k, v) => …)", "isNotEmpty": "!m.isEmpty()",
		"getOrPut": "m.update(key, default, f)", "fold": "m.entries().fold(start, f)", "hasKey": "m.has(key)",
	},
	"Set": {
		"size": "s.length", "len": "s.length", "has": "s.contains(x)", "insert": "s.add(x)", "delete": "s.remove(x)",
		"push": "s.add(x)", "map": "s.toList().map(f)", "filter": "s.toList().filter(f)", "any": "s.toList().any(f)",
		"all": "s.toList().all(f)", "intersect": "s.intersection(other)", "subtract": "s.difference(other)",
		"minus": "s.difference(other)", "plus": "s.union(other)",
	},
	"Option": {
		"unwrap": "o ?? default", "get": "o ?? default", "getOrElse": "o ?? default", "unwrapOr": "o ?? default",
		"orElseGet": "o ?? default", "isPresent": "o.isSome()", "isEmpty": "o.isNone()", "isDefined": "o.isSome()",
		"then": "o.flatMap(f)", "andThen": "o.flatMap(f)",
	},
	"Result": {
		"unwrap": "r.toOption() ?? default", "then": "r.flatMap(f)", "andThen": "r.flatMap(f)", "ok": "r.toOption()",
		"mapError": "r.mapErr(f)",
	},
	"Int":      {"toInt": "n itself", "abs": "abs(n)", "min": "min(a, b)", "max": "max(a, b)", "toDouble": "n.toFloat()"},
	"Float":    {"abs": "abs(x)", "min": "min(a, b)", "max": "max(a, b)", "toDouble": "x itself"},
	"Time":     {"plus": "t + 5s", "minus": "t - 5s", "add": "t + 5s", "sub": "t - 5s", "unix": "(t - epoch()) / 1s", "toMillis": "(t - epoch()) / 1ms", "isBefore": "a < b", "isAfter": "a > b"},
	"Duration": {"toMillis": "d / 1ms", "millis": "d / 1ms", "seconds": "d / 1s", "inWholeSeconds": "d / 1s"},
}

// Hint is what a name of another language is written like here, or "".
func Hint(receiver, name string) string { return hints[receiver][name] }
