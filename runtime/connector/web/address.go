package web

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

// address is where a source listens.
type address struct {
	host string // with the port
	path string
}

// parseAddress takes an address such as localhost:8080/orders apart. typecheck looks at those that are written out in the
// same way.
func parseAddress(text string) (address, error) {
	wrong := func(why string) (address, error) {
		return address{}, fmt.Errorf("http.post(%q): %s; write host, port and path, such as \"localhost:8080/orders\"", text, why)
	}
	if scheme, _, found := strings.Cut(text, "://"); found {
		return wrong("an address to listen at has no scheme, and this one has " + scheme + "://")
	}
	host, path, _ := strings.Cut(text, "/")
	_, port, err := net.SplitHostPort(host)
	if err != nil {
		return wrong("there is no port in " + strconv.Quote(host))
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil {
		return wrong(strconv.Quote(port) + " is no port, which is a number up to 65535")
	} else if host = strings.TrimSuffix(host, port) + strconv.FormatUint(n, 10); strings.ContainsAny(path, "?#% \t\r\n") {
		return wrong("the path /" + path + " has a sign in it that no path here may have (? # % or white space)")
	}
	return address{strings.ToLower(host), "/" + path}, nil
}
