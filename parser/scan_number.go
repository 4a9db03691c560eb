package parser

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/portals-lang/portals/lang/token"
)

// units are the units of durations.
var units = map[string]time.Duration{
	"ns": time.Nanosecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second, "m": time.Minute,
	"h": time.Hour, "d": 24 * time.Hour,
}

// severalUnits is a length of time as the text of a Duration is, `1m30s`, from which programs differ.
var (
	severalUnits  = regexp.MustCompile(`^\d+(d|h|m|s|ms|us|ns)(\d+(d|h|m|s|ms|us|ns))+\b`)
	unitOfSeveral = regexp.MustCompile(`\d+[a-z]+`)
)

// unitNames are other spellings of units, with ours.
var unitNames = map[string]string{
	"sec": "s", "secs": "s", "second": "s", "seconds": "s", "S": "s",
	"min": "m", "mins": "m", "minute": "m", "minutes": "m", "M": "m",
	"hr": "h", "hrs": "h", "hour": "h", "hours": "h", "H": "h",
	"day": "d", "days": "d", "D": "d",
	"msec": "ms", "millis": "ms", "msecs": "ms", "µs": "us", "micros": "us", "nanos": "ns",
}

// number reads an Int, Float or Duration: digits, perhaps a fraction and an exponent, perhaps a unit.
func (s *scanner) number() {
	start := s.at
	if s.text[start] == '.' && afterOperand(s) {
		s.partOfTuple()
		return
	}
	if s.unquotedAddress() {
		return
	}
	if len(s.text) > start+1 && s.text[start] == '0' && strings.IndexByte("xXbBoO", s.text[start+1]) >= 0 {
		s.letters(true)
		s.based(start)
		return
	}
	s.digits()
	float := s.text[start] == '.'
	if s.at < len(s.text) && s.text[s.at] == '.' && s.digitAt(1) {
		s.at++
		s.digits()
		float = true
	}
	if !float && s.has(".") && !s.has("..") && (s.at+1 == len(s.text) || strings.IndexByte(" \t\r\n)],}*/+-", s.text[s.at+1]) >= 0) {
		s.at++
		mended := s.text[start:s.at] + "0"
		s.out.badNumber(start, s.at, fmt.Sprintf("`%s` is not how a number is written", s.text[start:s.at]), "a number has a digit behind its point", mended)
		s.emit(token.Float, mended, start)
		return
	}
	if s.exponent() {
		float = true
	}
	digits := s.text[start:s.at]
	s.letters(false)
	unit := s.text[start+len(digits) : s.at]
	switch {
	case unit != "":
		s.duration(start, digits, unit, float)
	case float:
		s.emit(token.Float, s.wellFormed(start, digits), start)
	case s.unitApart(start, digits):
	default:
		s.emit(token.Int, s.wellFormed(start, digits), start)
	}
}

// apart is a word behind a number, and what may follow it if it is a unit.
var apart = regexp.MustCompile(`^[ \t]+([a-z]+)([^\w(.:=]|$)`)

// unitApart takes `5 s` and `1 minute` for Durations: no name can stand behind a number.
func (s *scanner) unitApart(start int, digits string) bool {
	found := apart.FindStringSubmatchIndex(s.text[s.at:])
	if found == nil {
		return false
	}
	unit := s.text[s.at+found[2] : s.at+found[3]]
	if name, known := unitNames[unit]; known {
		unit = name
	} else if _, known := units[unit]; !known {
		return false
	}
	s.at += found[3]
	s.out.badNumber(start, s.at, fmt.Sprintf("`%s` is not how a Duration is written", s.text[start:s.at]), "the unit stands right behind the number", digits+unit)
	s.emit(token.Duration, digits+unit, start)
	return true
}

// partOfTuple leaves out `.0` behind a value.
func (s *scanner) partOfTuple() {
	start := s.at
	s.at++
	s.digits()
	s.out.foreign(start, s.at, "`"+s.text[start:s.at]+"` is not how a part of a tuple is read",
		"a tuple is taken apart by a pattern, `let (a, b) = t`, and by a lambda with as many parameters, `(a, b) => a`", "")
}

var misplaced = strings.NewReplacer("_.", ".", "._", ".", "_e", "e", "_E", "E")

// wellFormed reports misplaced underscores, leading zeros and a missing zero before the point, and returns the number
// without them.
func (s *scanner) wellFormed(start int, digits string) string {
	if digits[0] >= '1' && strings.IndexByte(digits, '_') < 0 || digits == "0" {
		return digits
	}
	mended := strings.Trim(digits, "_")
	for strings.Contains(mended, "__") {
		mended = strings.ReplaceAll(mended, "__", "_")
	}
	mended = misplaced.Replace(mended)
	if strings.HasPrefix(mended, ".") {
		mended = "0" + mended
	}
	for len(mended) > 1 && mended[0] == '0' && (isDigit(mended[1]) || mended[1] == '_') {
		mended = mended[1:]
	}
	if mended != digits {
		s.out.badNumber(start, s.at, fmt.Sprintf("`%s` is not how a number is written", digits),
			"a number has no zeros in front, a digit before its point, and single `_` between digits only", mended)
	}
	return mended
}

// based reports a number to another base than ten.
func (s *scanner) based(start int) {
	text := s.text[start:s.at]
	n, err := strconv.ParseInt(text, 0, 64)
	decimal := strconv.FormatInt(n, 10)
	mend := decimal
	if err != nil {
		mend = ""
	}
	s.out.badNumber(start, s.at, fmt.Sprintf("`%s` is not a number in this language", text),
		"numbers are written to the base of ten only", mend)
	s.emit(token.Int, decimal, start)
}

// duration reports what is not a whole number of a known unit.
func (s *scanner) duration(start int, digits, unit string, float bool) {
	size, known := units[unit]
	if all := severalUnits.FindString(s.text[start:]); all != "" {
		s.at = start + len(all)
		sum := strings.Join(unitOfSeveral.FindAllString(all, -1), " + ")
		if before := strings.TrimRight(s.text[:start], " "); strings.HasSuffix(before, "*") || strings.HasSuffix(before, "/") ||
			strings.HasSuffix(before, "%") || strings.HasSuffix(before, "-") || s.has(".") {
			sum = "(" + sum + ")"
		}
		s.out.badNumber(start, s.at, fmt.Sprintf("`%s` is not how a Duration is written", all), "a Duration in a program has one unit", sum)
		s.emit(token.Duration, unitOfSeveral.FindString(all), start)
		return
	}
	if known && !float {
		s.emit(token.Duration, s.wellFormed(start, digits)+unit, start)
		return
	}
	mend := ""
	if name, ok := unitNames[unit]; ok && !float {
		mend = digits + name
	}
	title := fmt.Sprintf("`%s` is not a unit of time", unit)
	why := "a number is followed by nothing, or by `ns`, `us`, `ms`, `s`, `m`, `h` or `d`, which makes it a Duration; a name begins with a letter"
	if known {
		title = fmt.Sprintf("`%s%s` is not a whole number of `%s`", digits, unit, unit)
		why = "a Duration is a whole number of one unit"
		if x, err := strconv.ParseFloat(strings.ReplaceAll(digits, "_", ""), 64); err == nil {
			mend = inWholeUnits(x * float64(size))
		}
	}
	s.out.badNumber(start, s.at, title, why, mend)
	if mend == "" {
		mend = "0s"
	}
	s.emit(token.Duration, mend, start)
}

// inWholeUnits writes a number of nanoseconds in the largest unit that it is a whole number of, "" if there is none.
func inWholeUnits(ns float64) string {
	if ns != float64(int64(ns)) {
		return ""
	}
	for _, unit := range []string{"d", "h", "m", "s", "ms", "us", "ns"} {
		if n := int64(ns); n%int64(units[unit]) == 0 {
			return strconv.FormatInt(n/int64(units[unit]), 10) + unit
		}
	}
	return ""
}

func (s *scanner) digits() {
	for s.at < len(s.text) && (isDigit(s.text[s.at]) || s.text[s.at] == '_') {
		s.at++
	}
}

// letters skips letters, and digits too if these may be among them.
func (s *scanner) letters(digits bool) {
	for s.at < len(s.text) && (isLetter(s.text[s.at]) || digits && isDigit(s.text[s.at]) || s.has("µ")) {
		s.at++
		if s.text[s.at-1] >= 0x80 {
			s.at++
		}
	}
}

// exponent skips `e9` or `e-9` and tells whether there was one.
func (s *scanner) exponent() bool {
	if s.at >= len(s.text) || s.text[s.at]|0x20 != 'e' {
		return false
	}
	n := 1
	if s.at+1 < len(s.text) && (s.text[s.at+1] == '+' || s.text[s.at+1] == '-') {
		n = 2
	}
	if !s.digitAt(n) {
		return false
	}
	s.at += n
	s.digits()
	return true
}
