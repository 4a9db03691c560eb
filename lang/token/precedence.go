package token

// The levels at which operators bind, loosest first. They are Kotlin's, without its bit operations.
const (
	PrecNone = iota // not a binary operator
	PrecOr
	PrecAnd
	PrecEquality
	PrecComparison
	PrecCoalesce
	PrecSum
	PrecProduct // the unary operators bind more tightly than all of these
)

var precedences = map[string]int{
	"||": PrecOr,
	"&&": PrecAnd,
	"==": PrecEquality, "!=": PrecEquality,
	"<": PrecComparison, "<=": PrecComparison, ">": PrecComparison, ">=": PrecComparison,
	"??": PrecCoalesce,
	"+":  PrecSum, "-": PrecSum,
	"*": PrecProduct, "/": PrecProduct, "%": PrecProduct,
}

// Precedence is the level of a binary operator, PrecNone for anything else.
func Precedence(operator string) int { return precedences[operator] }

// Chains tells whether operators of a level may stand side by side: `a - b - c` may, and `a < b < c` may not,
// since it does not mean what mathematics means by it.
func Chains(precedence int) bool {
	return precedence != PrecEquality && precedence != PrecComparison
}

// GroupsRight tells whether operators of a level that stand side by side group from the right: `a ?? b ?? c` asks for b
// only when there is no a, and for c only when there is neither, so b may be an Option too.
func GroupsRight(precedence int) bool { return precedence == PrecCoalesce }

// endsOpen are the signs after which a line cannot have ended the statement.
var endsOpen = map[string]bool{
	"=>": true, "->": true, "|>": true, "??": true, "==": true, "!=": true, "<=": true, ">=": true, "&&": true,
	"||": true, "+=": true, "-=": true, "*=": true, "/=": true, "%=": true, "=": true, "<": true, ">": true,
	"!": true, "+": true, "-": true, "*": true, "/": true, "%": true, "|": true, ",": true, ".": true, ":": true,
	"(": true, "[": true, "{": true,
}

// ContinuesAfter tells whether a statement goes on over the line end that follows text.
func ContinuesAfter(text string) bool { return endsOpen[text] }

// ContinuesBefore tells whether a line that begins with text continues the statement before it.
func ContinuesBefore(text string) bool {
	switch text {
	case "|>", ".", "??", "&&", "||", "else":
		return true
	}
	return false
}
