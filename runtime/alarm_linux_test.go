package runtime

import (
	"testing"
	"time"
)

// TestManyAlarms: what is still far away, and perhaps nobody waits for any more, costs next to nothing, in whatever order it was asked for.
func TestManyAlarms(t *testing.T) {
	a := newAlarm()
	if a == nil {
		t.Skip("the system gives no timers")
	}
	const most = 200_000
	begin := time.Now()
	for i := range most {
		a.after(time.Hour-time.Duration(i)*time.Millisecond, func() { t.Error("what was to come after an hour came") })
	}
	came := make(chan bool)
	for range 100 {
		a.after(time.Microsecond, func() { came <- true })
		<-came
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %v with %d others", took, most)
	}
}
