package typecheck

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
)

// checkAddresses looks at the addresses of http.post so far as they can be told from the text: whether they are ones, and
// whether two streams are posted to one.
func (c *checker) checkAddresses() {
	taken := map[string]ast.Expr{}
	for _, s := range c.app.streams {
		arg := argOf(s.Call, "http.post", "address")
		if arg == nil {
			continue
		}
		where := c.samePlace(arg)
		if lit, ok := arg.(*ast.StringLit); ok {
			if text, ok := plainText(lit); ok {
				var wrong string
				if where, wrong = listenedAt(text); wrong != "" {
					mendedAddress(c.err("PTL0510", arg.Span(), "", "this is no address to listen at: %s", wrong), arg, text, s.Name)
					continue
				}
			}
		}
		if first, ok := taken[where]; ok && where != "" {
			c.err("PTL0510", arg.Span(), "", "two streams are posted to one address").at(first.Span(), "this one, too").
				help("Give each a path of its own, such as `\"localhost:8080/%s\"`. They may share host and port.", s.Name)
			continue
		}
		taken[where] = arg
	}
	for _, s := range c.app.sinks {
		arg := argOf(s.Call, "http.post", "url")
		if lit, ok := arg.(*ast.StringLit); ok {
			text, ok := plainText(lit)
			if u, err := url.Parse(text); ok && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
				f := c.err("PTL0510", arg.Span(), "", "this is no URL to post to")
				if _, wrong := listenedAt(text); wrong == "" && !strings.HasPrefix(text, ":") {
					f.help("Write it with its scheme: `\"http://%s\"`.", text).edit(arg.Span(), `"http://`+text+`"`)
					continue
				}
				f.help("Write one with its scheme, such as `\"https://example.com/events\"`.")
			}
		}
	}
}

// mendedAddress says how an address is written; of one that has a scheme or is a port alone, this one.
func mendedAddress(f finding, arg ast.Expr, text, stream string) {
	_, mended, _ := strings.Cut(text, "://")
	if strings.Trim(text, "0123456789") == "" {
		mended = "localhost:" + text + "/" + stream
	}
	if _, wrong := listenedAt(mended); wrong == "" {
		f.help("Write host, port and path: `\"%s\"`.", mended).edit(arg.Span(), `"`+mended+`"`)
		return
	}
	f.help("Write host, port and path, such as `\"localhost:8080/%s\"`; `\":8080/%s\"` listens at all addresses of the machine.", stream, stream)
}

// listenedAt is an address to listen at in the one form that such addresses are compared in, or what is wrong with it. The
// runtime looks at those that a run computes in the same way.
func listenedAt(text string) (where, wrong string) {
	if scheme, _, found := strings.Cut(text, "://"); found {
		return "", "it has a scheme, `" + scheme + "://`"
	}
	host, path, _ := strings.Cut(text, "/")
	i := strings.LastIndexByte(host, ':')
	if i < 0 || strings.ContainsRune(host[:i], ':') && !strings.HasSuffix(host[:i], "]") {
		return "", "it has no port"
	}
	port, err := strconv.ParseUint(host[i+1:], 10, 16)
	if err != nil {
		return "", "its port is no number up to 65535"
	}
	if strings.ContainsAny(path, "?#% \t\r\n") {
		return "", "its path has a sign that no path here may have (`?`, `#`, `%` or white space)"
	}
	return strings.ToLower(host[:i]) + ":" + strconv.FormatUint(port, 10) + "/" + path, ""
}

// argOf is what a call of a connector is given by a name; nil if it is another one's, or not given.
func argOf(call *Call, connector, name string) ast.Expr {
	if call == nil || call.Kind != CallConnector || call.Name != connector || call.Named[name] == nil {
		return nil
	}
	return call.Named[name].Value
}

// samePlace stands for the value of an expression that is one and the same param wherever it occurs; "" for any other.
func (c *checker) samePlace(e ast.Expr) string {
	if id, ok := e.(*ast.Ident); ok {
		if p, ok := c.info.Uses[id].(*Param); ok {
			return "${" + p.Name + "}"
		}
	}
	return ""
}
