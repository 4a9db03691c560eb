package ptl

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Positions and lengths of a String count characters, that is Unicode code points. A byte that is not UTF-8 counts as one
// character. Texts of ASCII only, the common case, are cut without decoding.

// StringLength is the number of characters.
func StringLength(s string) int64 {
	if ascii(s) {
		return int64(len(s))
	}
	return int64(utf8.RuneCountInString(s))
}

// StringIsEmpty tells whether there are no characters.
func StringIsEmpty(s string) bool { return s == "" }

// StringContains tells whether part occurs.
func StringContains(s, part string) bool { return strings.Contains(s, part) }

// StringStartsWith tells whether s begins with part.
func StringStartsWith(s, part string) bool { return strings.HasPrefix(s, part) }

// StringEndsWith tells whether s ends with part.
func StringEndsWith(s, part string) bool { return strings.HasSuffix(s, part) }

// StringIndexOf tells where part occurs first.
func StringIndexOf(s, part string) Option[int64] {
	i := strings.Index(s, part)
	if i < 0 {
		return Option[int64]{}
	}
	return Some(StringLength(s[:i]))
}

// StringSlice is the characters from low up to, but without, high; what lies outside of the text is left out.
func StringSlice(s string, low, high int64) string {
	low = max(low, 0)
	if high <= low {
		return ""
	}
	from := skipChars(s, low)
	return s[from : from+skipChars(s[from:], high-low)]
}

// skipChars is the number of bytes of the first n characters, or of all.
func skipChars(s string, n int64) int {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return i
}

// StringUpper is s in upper case.
func StringUpper(s string) string { return strings.ToUpper(s) }

// StringLower is s in lower case.
func StringLower(s string) string { return strings.ToLower(s) }

// StringTrim is s without white space at either end.
func StringTrim(s string) string { return strings.TrimSpace(s) }

// StringReplace is s with every old replaced by new. An empty old occurs before every character and at the end.
func StringReplace(s, old, new string) string { return strings.ReplaceAll(s, old, new) }

// longestText bounds the texts that are made of a count, so that a wrong number fails an event and not the process.
const longestText = 1 << 30

// StringRepeat is s so many times in a row, not at all for a negative number; it fails if that is more than 1 GiB.
func StringRepeat(s string, times int64) string {
	if times <= 0 || s == "" {
		return ""
	}
	if times > longestText/int64(len(s)) {
		Fail("a text of " + strconv.Itoa(len(s)) + " bytes repeated " + strconv.FormatInt(times, 10) + " times is longer than 1 GiB")
	}
	return strings.Repeat(s, int(times))
}

// StringPadStart is s filled up with pad in front, to at least length characters.
func StringPadStart(s string, length int64, pad string) string { return padding(s, length, pad) + s }

// StringPadEnd is s filled up with pad behind, to at least length characters.
func StringPadEnd(s string, length int64, pad string) string { return s + padding(s, length, pad) }

func padding(s string, length int64, pad string) string {
	lack := length - StringLength(s)
	size := StringLength(pad)
	if lack <= 0 || size == 0 {
		return ""
	}
	fill := StringRepeat(pad, (lack-1)/size+1)
	return fill[:skipChars(fill, lack)]
}

// StringSplit is the parts between the separators; the characters if the separator is empty.
func StringSplit(s, separator string) List[string] {
	if separator == "" {
		return StringChars(s)
	}
	return ListFrom(strings.Split(s, separator))
}

// StringWords is the parts between white space.
func StringWords(s string) List[string] { return ListFrom(strings.Fields(s)) }

// StringLines is the lines without their ends, LF or CR LF; a line end at the end of the text starts no line.
func StringLines(s string) List[string] {
	lines := make([]string, 0, strings.Count(s, "\n")+1)
	for line := range strings.Lines(s) {
		line, ended := strings.CutSuffix(line, "\n")
		if ended {
			line = strings.TrimSuffix(line, "\r")
		}
		lines = append(lines, line)
	}
	return ListFrom(lines)
}

// StringChars is the characters, one by one.
func StringChars(s string) List[string] {
	chars := make([]string, 0, utf8.RuneCountInString(s))
	for s != "" {
		n := skipChars(s, 1)
		chars = append(chars, s[:n])
		s = s[n:]
	}
	return ListFrom(chars)
}

// StringReverse is the characters from the last to the first.
func StringReverse(s string) string {
	chars := slices.Clone(StringChars(s).items)
	slices.Reverse(chars)
	return strings.Join(chars, "")
}

// StringToInt is the decimal number that s is.
func StringToInt(s string) Option[int64] {
	v, err := strconv.ParseInt(s, 10, 64)
	return Option[int64]{v, true}.unless(err)
}

// StringToFloat is the number that s is.
func StringToFloat(s string) Option[float64] {
	v, err := ParseFloat(s)
	return Option[float64]{v, true}.unless(err)
}

// StringToTime is the time that s is, by RFC 3339.
func StringToTime(s string) Option[Time] {
	v, err := ParseTime(s)
	return Option[Time]{v, true}.unless(err)
}

// StringToDuration is the duration that s is, written as in programs.
func StringToDuration(s string) Option[Duration] {
	v, err := ParseDuration(s)
	return Option[Duration]{v, true}.unless(err)
}

// StringToBytes is s in UTF-8.
func StringToBytes(s string) Bytes { return Bytes(s) }

// StringDecodeBase64 is the bytes that s stands for in base64.
func StringDecodeBase64(s string) Option[Bytes] {
	v, err := ParseBytes(s)
	return Option[Bytes]{v, true}.unless(err)
}

// ListJoin is the texts in one, with the separator between them.
func ListJoin(l List[string], separator string) string { return strings.Join(l.items, separator) }

// unless is o if err is nil, else None.
func (o Option[T]) unless(err error) Option[T] {
	if err != nil {
		return Option[T]{}
	}
	return o
}
