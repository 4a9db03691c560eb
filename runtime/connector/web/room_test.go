package web

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/portals-lang/portals/runtime/ptl"
)

// pipes is a network in memory, whose time can be that of a test.
type pipes struct{ calls chan net.Conn }

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p.calls; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error   { close(p.calls); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

// post sends a body of that size, or as much of it as is given, in parts with pauses between them, and gives the answer's status.
func (p pipes) post(body string, size, part int, pause time.Duration) chan int {
	status := make(chan int, 1)
	client, server := net.Pipe()
	p.calls <- server
	go func() {
		defer client.Close()
		go func() {
			fmt.Fprintf(client, "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", size)
			for ; len(body) > 0; body = body[min(part, len(body)):] {
				if _, err := client.Write([]byte(body[:min(part, len(body))])); err != nil {
					return
				}
				time.Sleep(pause)
			}
		}()
		answer, err := http.ReadResponse(bufio.NewReader(client), nil)
		if err != nil {
			status <- 0
			return
		}
		status <- answer.StatusCode
	}()
	return status
}

// inMemory is a source at which clients post through pipes.
func inMemory(t *testing.T, cut ptl.Cut) (*opened[string], pipes, *room) {
	s := PostSource(ptl.StringType, SourceOptions{Atom: cut}).(*source[string])
	network := pipes{make(chan net.Conn)}
	s.env = env("orders", nil)
	server := newServer(s.env, "in memory", network)
	server.users, server.paths["/"] = 1, s
	s.joined(server, "orders")
	server.serve(s.env)
	t.Cleanup(func() {
		time.Sleep(time.Minute) // for clients that pause
		_ = s.Close()
	})
	return &opened[string]{Source: s}, network, server.room
}

// TestSlowClients: those who send a little of large bodies and then nothing keep nobody from posting, and are told so when
// their time is over.
func TestSlowClients(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, network, room := inMemory(t, ptl.Cut{})
		begun := time.Now()
		var slow []chan int
		for range 8 * mostInHand / maxBody {
			slow = append(slow, network.post(strings.Repeat("x", firstPart+1), maxBody, firstPart, 0))
		}
		synctest.Wait()
		whole := network.post(`"`+strings.Repeat("x", maxBody-2)+`"`, maxBody, maxBody, 0)
		if got := s.next(t); len(got) != 1 || len(got[0]) != maxBody-2 {
			t.Errorf("%d events came", len(got))
		}
		s.durable()
		if status := <-whole; status != http.StatusAccepted || time.Since(begun) > 0 {
			t.Errorf("who sends all of a body is answered with %d after %v", status, time.Since(begun))
		}
		for _, c := range slow {
			if status := <-c; status != http.StatusRequestTimeout || time.Since(begun) > bodyTime {
				t.Fatalf("a slow client is answered with %d after %v", status, time.Since(begun))
			}
		}
		synctest.Wait()
		wantRoom(t, room)
	})
}

// TestRoomComesBack: clients that have room and send no more keep it while nobody wants it, and give it back soon when somebody waits
// for room, all at once; those that go on sending, be it slowly, stay.
func TestRoomComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, network, room := inMemory(t, ptl.Cut{})
		var stalled []chan int
		for range 2 * (mostInHand - maxBody) / maxBody { // each has sent more than an eighth of a body, and has twice that
			stalled = append(stalled, network.post(strings.Repeat("x", maxBody/4+1), maxBody, firstPart, 0))
		}
		synctest.Wait()
		time.Sleep(bodyTime / 3)
		select {
		case status := <-stalled[0]:
			t.Fatalf("a client is answered with %d, and nobody waits for room", status)
		default:
		}
		begun := time.Now()
		whole := make([]chan int, 3) // the first gets the reserve
		for i := range whole {
			whole[i] = network.post(`"`+strings.Repeat("x", maxBody-2)+`"`, maxBody, maxBody/8, pauseTime/2)
		}
		for _, c := range stalled {
			if status := <-c; status != http.StatusRequestTimeout || time.Since(begun) > 2*pauseTime {
				t.Fatalf("a stalled client is answered with %d after %v", status, time.Since(begun))
			}
		}
		wantTaken(t, s, whole)
		synctest.Wait()
		wantRoom(t, room)
	})
}

// wantTaken has s take a large body of each of these clients, who are answered that it did.
func wantTaken(t *testing.T, s *opened[string], answers []chan int) {
	t.Helper()
	for range answers {
		if got := s.next(t); len(got) != 1 || len(got[0]) != maxBody-2 {
			t.Errorf("%d events came", len(got))
		}
		s.durable()
	}
	for _, c := range answers {
		if status := <-c; status != http.StatusAccepted {
			t.Errorf("a client that goes on sending is answered with %d", status)
		}
	}
}

// TestReserveMovesOn: when those who have all the room have sent no more and wait, whoever gets the reserve gives it to the next one
// soon, and not when its time for a body is over.
func TestReserveMovesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, network, room := inMemory(t, ptl.Cut{})
		begun := time.Now()
		refused := make(chan time.Duration)
		const clients = 8 * mostInHand / maxBody
		for range clients {
			status := network.post(strings.Repeat("x", 2<<20), maxBody, firstPart, 0)
			go func() {
				if got := <-status; got != http.StatusRequestTimeout {
					t.Errorf("a slow client is answered with %d", got)
				}
				refused <- time.Since(begun)
			}()
		}
		synctest.Wait()
		whole := network.post(`"`+strings.Repeat("x", maxBody-2)+`"`, maxBody, maxBody, 0)
		for i := range 3 {
			if after := <-refused; after > time.Duration(i+1)*pauseTime {
				t.Errorf("after %v %d have given way", after, i+1)
			}
		}
		go func() {
			for range clients - 3 {
				<-refused
			}
		}()
		if got := s.next(t); len(got) != 1 || len(got[0]) != maxBody-2 {
			t.Errorf("%d events came", len(got))
		}
		s.durable()
		if status := <-whole; status != http.StatusAccepted {
			t.Errorf("who sends all of a body is answered with %d", status)
		}
		time.Sleep(2 * time.Hour) // all have given way
		synctest.Wait()
		wantRoom(t, room)
	})
}

// TestLargeBodiesTogether: bodies that come together, and are more than there is room for, are all taken: they do not wait for
// each other for ever.
func TestLargeBodiesTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, network, room := inMemory(t, ptl.Cut{})
		const clients = 5 * mostInHand / maxBody / 2
		body := `"` + strings.Repeat("x", maxBody-2) + `"`
		var answers []chan int
		for range clients {
			answers = append(answers, network.post(body, maxBody, maxBody/16, time.Millisecond))
		}
		wantTaken(t, s, answers)
		synctest.Wait()
		wantRoom(t, room)
	})
}

// TestSlowlyButSurely: a body that takes its time is not refused while it keeps to the time that it has.
func TestSlowlyButSurely(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, network, _ := inMemory(t, ptl.Cut{})
		body := `"` + strings.Repeat("x", 1<<20) + `"`
		inTime := network.post(body, len(body), 64<<10, 3*time.Second/2) // in 25 s
		if got := s.next(t); len(got) != 1 {
			t.Errorf("%d events came", len(got))
		}
		s.durable()
		if status := <-inTime; status != http.StatusAccepted {
			t.Errorf("a client is answered with %d", status)
		}
		// 10 KiB a second are enough, 3 are not.
		begun := time.Now()
		slow := network.post(body, len(body), 10<<10, time.Second)
		if got := s.next(t); len(got) != 1 {
			t.Errorf("%d events came", len(got))
		}
		s.durable()
		if status := <-slow; status != http.StatusAccepted || time.Since(begun) < 3*bodyTime {
			t.Errorf("a client is answered with %d after %v", status, time.Since(begun))
		}
		begun = time.Now()
		if status := <-network.post(body, len(body), 3<<10, time.Second); status != http.StatusRequestTimeout || time.Since(begun) > 6*bodyTime {
			t.Errorf("a client that sends too little is answered with %d after %v", status, time.Since(begun))
		}
	})
}

// TestSlowlyWhileThereIsRoom: a body that has had its time, and comes slowly, gives way when others wait for room; one that has had more and
// pauses has given way before.
func TestSlowlyWhileThereIsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, network, room := inMemory(t, ptl.Cut{})
		var slow []chan int
		for range 2 * mostInHand / maxBody {
			slow = append(slow, network.post(strings.Repeat("x", maxBody/4), maxBody, 16<<10, time.Second))
		}
		begun := time.Now()
		stalled := network.post(strings.Repeat("x", maxBody/4), maxBody, maxBody/4, 0)
		if status := <-stalled; status != http.StatusRequestTimeout || time.Since(begun) > bodyTime+time.Second {
			t.Errorf("a client that pauses is answered with %d after %v", status, time.Since(begun))
		}
		time.Sleep(3*bodyTime - time.Since(begun))
		for _, c := range slow {
			select {
			case status := <-c:
				t.Fatalf("a client that goes on sending is answered with %d, and nobody waits for room", status)
			default:
			}
		}
		begun = time.Now()
		whole := make([]chan int, 10)
		for i := range whole {
			whole[i] = network.post(`"`+strings.Repeat("x", maxBody-2)+`"`, maxBody, maxBody/8, pauseTime/4)
		}
		wantTaken(t, s, whole)
		if took := time.Since(begun); took > 4*pauseTime {
			t.Errorf("clients that are quick had to wait %v for those that are slow", took)
		}
		for _, c := range slow {
			if status := <-c; status != http.StatusRequestTimeout {
				t.Errorf("a client that came too slowly is answered with %d", status)
			}
		}
		synctest.Wait()
		wantRoom(t, room)
	})
}
