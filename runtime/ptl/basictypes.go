package ptl

import (
	"cmp"
	"math"
	"strconv"
)

// The descriptors of the basic types.
var (
	BoolType = &Type[bool]{
		Name: "Bool", Equal: equal[bool], Hash: HashBool,
		Show: ShowBool, Quote: ShowBool,
		Append: AppendBool, Read: (*Reader).Bool,
		AppendJSON: ShowBool, ReadJSON: ReadJSONBool, ReadText: ParseBool,
	}
	IntType = &Type[int64]{
		Name: "Int", Equal: equal[int64], Compare: cmp.Compare[int64], Hash: HashInt,
		Show: ShowInt, Quote: ShowInt,
		Append: AppendInt, Read: (*Reader).Int,
		AppendJSON: ShowInt, ReadJSON: ReadJSONInt, ReadText: ParseInt,
	}
	FloatType = &Type[float64]{
		Name: "Float", Equal: equal[float64], Compare: cmp.Compare[float64],
		Show: ShowFloat, Quote: ShowFloat,
		Append: AppendFloat, Read: (*Reader).Float,
		AppendJSON: AppendJSONFloat, ReadJSON: ReadJSONFloat, ReadText: ParseFloat,
	}
	StringType = &Type[string]{
		Name: "String", Equal: equal[string], Compare: cmp.Compare[string], Hash: HashString,
		Show: ShowString, Quote: QuoteString,
		Append: AppendString[string], Read: (*Reader).String,
		AppendJSON: AppendJSONString, ReadJSON: ReadJSONString, ReadText: parseString,
	}
	BytesType = &Type[Bytes]{
		Name: "Bytes", Equal: equal[Bytes],
		Show: ShowBytes, Quote: QuoteBytes,
		Append: AppendString[Bytes], Read: (*Reader).Bytes,
		AppendJSON: QuoteBytes, ReadJSON: readJSONParsed("Bytes in base64", ParseBytes), ReadText: ParseBytes,
	}
	TimeType = &Type[Time]{
		Name: "Time", Equal: equal[Time], Compare: cmp.Compare[Time],
		Hash: func(v Time) uint64 { return HashInt(int64(v)) },
		Show: ShowTime, Quote: ShowTime,
		Append:     func(b []byte, v Time) []byte { return AppendInt(b, int64(v)) },
		Read:       func(r *Reader) Time { return Time(r.Int()) },
		AppendJSON: appendJSONQuoted(ShowTime), ReadJSON: readJSONParsed("a Time", ParseTime), ReadText: ParseTime,
	}
	DurationType = &Type[Duration]{
		Name: "Duration", Equal: equal[Duration], Compare: cmp.Compare[Duration],
		Hash: func(v Duration) uint64 { return HashInt(int64(v)) },
		Show: ShowDuration, Quote: ShowDuration,
		Append:     func(b []byte, v Duration) []byte { return AppendInt(b, int64(v)) },
		Read:       func(r *Reader) Duration { return Duration(r.Int()) },
		AppendJSON: appendJSONQuoted(ShowDuration), ReadJSON: readJSONParsed("a Duration", ParseDuration),
		ReadText: ParseDuration,
	}
	UnitType = &Type[Unit]{
		Name: "Unit", Equal: equal[Unit],
		Show: ShowUnit, Quote: ShowUnit,
		Append:     func(b []byte, _ Unit) []byte { return append(b, 0) },
		Read:       readUnit,
		AppendJSON: appendJSONUnit, ReadJSON: readJSONUnit,
	}
)

func equal[T comparable](a, b T) bool { return a == b }

func readUnit(r *Reader) Unit {
	r.Tag(1)
	return Unit{}
}

// ParseInt reads a decimal Int: digits, with a sign before them or none.
func ParseInt(s string) (int64, error) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, wanted("an Int", s)
	}
	return v, nil
}

// ParseFloat reads a Float in decimal, or one of the names of what is no number.
func ParseFloat(s string) (float64, error) {
	if v, ok := nonFinite(s); ok {
		return v, nil
	}
	v, err := strconv.ParseFloat(s, 64)
	// Go reads more than the language writes: hexadecimal digits and shorter names of infinity.
	if err != nil || v != v || math.IsInf(v, 0) || len(s) > 1 && (s[1]|0x20 == 'x' || len(s) > 2 && s[2]|0x20 == 'x') {
		return 0, wanted("a Float", s)
	}
	return v, nil
}

// ParseBool reads `true` or `false`, in any case.
func ParseBool(s string) (bool, error) {
	switch s {
	case "true", "True", "TRUE":
		return true, nil
	case "false", "False", "FALSE":
		return false, nil
	}
	return false, wanted("true or false", s)
}

func parseString(s string) (string, error) { return s, nil }
