package measure

import (
	"strings"
	"testing"

	"github.com/portals-lang/portals/runtime/ptl"
)

// TestCheck: what is not there is told before anything is measured, with what there is.
func TestCheck(t *testing.T) {
	apps := map[string]*ptl.App{"echo": {}}
	for _, c := range []struct {
		job   job
		wrong string
	}{
		{job{probe: "waited commit"}, ""},
		{job{probe: "replay"}, ""},
		{job{resume: "echo"}, ""},
		{job{probe: "waited comit"}, `-probe: there is no "waited comit"; there are "two processors", "waited commit"`},
		{job{row: "waited commit"}, `-case: there is no "waited commit"; there are "`},
		{job{growth: "replay"}, `-growth: there is no "replay"; there are "`},
		{job{probe: "recovery"}, `-probe "recovery" needs program ticking, which is not in this binary; in it are "echo"`},
		{job{growth: Growths()[0].Name}, `-growth "` + Growths()[0].Name + `" needs program `},
		{job{peak: "ticking"}, `-peak "ticking" needs program ticking`},
		{job{all: true}, ` needs program `},
		{job{}, "nothing is asked for"},
	} {
		got := ""
		if err := c.job.check(apps); err != nil {
			got = err.Error()
		}
		if c.wrong == "" && got != "" || !strings.Contains(got, c.wrong) {
			t.Errorf("%+v: %q, not %q", c.job, got, c.wrong)
		}
	}
}
