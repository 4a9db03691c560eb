package measure

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/portals-lang/portals/bench/nexmark"
)

// The plain sides of Nexmark make the events by the same functions as the programs, and then do what a query says with
// maps.

type person struct {
	id                                          int64
	name, emailAddress, creditCard, city, state string
	dateTime                                    int64
	extra                                       string
}

type auction struct {
	id                    int64
	itemName, description string
	initialBid, reserve   int64
	dateTime, expires     int64
	seller, category      int64
	extra                 string
}

type bid struct {
	auction, bidder, price int64
	channel, url           string
	dateTime               int64
	extra                  string
}

// house takes the events of the auction house; what a query does not need may be nil.
type house struct {
	person  func(p *person)
	auction func(a *auction)
	bid     func(b *bid)
}

// run makes the events and gives each to who takes it. All fields are made, as the programs do.
func (h house) run(p Params) {
	rate := p.Int("rate")
	for n := range p.Int("events") {
		switch {
		case nexmark.IsPerson(n):
			who := person{
				id: nexmark.ID(n), name: nexmark.Name(n), emailAddress: nexmark.EmailAddress(n), creditCard: nexmark.CreditCard(n),
				city: nexmark.City(n), state: nexmark.State(n), dateTime: nexmark.Time(n, rate),
			}
			size := 8 + len(who.name) + len(who.emailAddress) + len(who.creditCard) + len(who.city) + 2
			who.extra = nexmark.Extra(n, int64(size), 200)
			if h.person != nil {
				h.person(&who)
			}
		case nexmark.IsAuction(n):
			a := auction{
				id: nexmark.ID(n), itemName: nexmark.ItemName(n), description: nexmark.Description(n), initialBid: nexmark.InitialBid(n),
				reserve: nexmark.Reserve(n), dateTime: nexmark.Time(n, rate), expires: nexmark.Expires(n, rate),
				seller: nexmark.Seller(n), category: nexmark.Category(n),
			}
			a.extra = nexmark.Extra(n, int64(64+len(a.itemName)+len(a.description)), 500)
			if h.auction != nil {
				h.auction(&a)
			}
		default:
			b := bid{
				auction: nexmark.Auction(n), bidder: nexmark.Bidder(n), price: nexmark.Price(n), channel: nexmark.Channel(n),
				url: nexmark.URL(n), dateTime: nexmark.Time(n, rate), extra: nexmark.Extra(n, 32, 100),
			}
			if h.bid != nil {
				h.bid(&b)
			}
		}
	}
}

// results takes what a query finds: prints it if the params say so, and makes a few numbers of it in any case.
type results struct {
	out    *bufio.Writer
	show   bool
	n, sum int64
	err    error
}

// query is a plain side: begin says what to do with the events.
func query(begin func(r *results) house) func(p Params, out io.Writer) error {
	return func(p Params, out io.Writer) error {
		r := &results{out: bufio.NewWriter(out), show: p["show"] == "true"}
		begin(r).run(p)
		fmt.Fprintf(r.out, "(%d, %d)\n", r.n, r.sum)
		if r.err != nil {
			return r.err
		}
		return r.out.Flush()
	}
}

// add counts a result; line is called if it is to be printed.
func (r *results) add(part int64, line func() any) {
	r.n++
	r.sum += part
	if !r.show {
		return
	}
	text, err := json.Marshal(line())
	if err != nil && r.err == nil {
		r.err = err
	}
	_, _ = r.out.Write(append(text, '\n')) // Flush returns the error
}

func passBids(r *results) house {
	type line struct {
		Auction  int64  `json:"auction"`
		Bidder   int64  `json:"bidder"`
		Price    int64  `json:"price"`
		DateTime int64  `json:"dateTime"`
		Extra    string `json:"extra"`
	}
	return house{bid: func(b *bid) {
		o := line{b.auction, b.bidder, b.price, b.dateTime, b.extra}
		r.add(o.Auction+o.Bidder+o.Price+o.DateTime%1000, func() any { return o })
	}}
}

// euros are written as programs write a Float: never as an Int.
type euros float64

func (e euros) MarshalJSON() ([]byte, error) {
	text := strconv.AppendFloat(nil, float64(e), 'f', -1, 64)
	if bytes.IndexByte(text, '.') < 0 {
		text = append(text, ".0"...)
	}
	return text, nil
}

func convertBids(r *results) house {
	type line struct {
		Auction  int64  `json:"auction"`
		Bidder   int64  `json:"bidder"`
		Price    euros  `json:"price"`
		DateTime int64  `json:"dateTime"`
		Extra    string `json:"extra"`
	}
	return house{bid: func(b *bid) {
		o := line{b.auction, b.bidder, euros(float64(b.price) * 0.908), b.dateTime, b.extra}
		r.add(o.Auction+o.Bidder+int64(o.Price)+o.DateTime%1000, func() any { return o })
	}}
}

func someBids(r *results) house {
	type line struct {
		Auction int64 `json:"auction"`
		Price   int64 `json:"price"`
	}
	return house{bid: func(b *bid) {
		if b.auction%123 != 0 {
			return
		}
		o := line{b.auction, b.price}
		r.add(o.Auction+o.Price, func() any { return o })
	}}
}

func localSellers(r *results) house {
	type address struct{ name, city, state string }
	type line struct {
		Name    string `json:"name"`
		City    string `json:"city"`
		State   string `json:"state"`
		Auction int64  `json:"auction"`
	}
	type seller struct {
		address *address
		sales   []int64
	}
	sellers := map[int64]*seller{}
	of := func(id int64) *seller {
		s := sellers[id]
		if s == nil {
			s = &seller{}
			sellers[id] = s
		}
		return s
	}
	emit := func(a *address, auction int64) {
		r.add(auction+int64(len(a.name)*len(a.city)), func() any { return line{a.name, a.city, a.state, auction} })
	}
	return house{
		person: func(p *person) {
			if p.state != "OR" && p.state != "ID" && p.state != "CA" {
				return
			}
			s := of(p.id)
			s.address = &address{p.name, p.city, p.state}
			for _, auction := range s.sales {
				emit(s.address, auction)
			}
		},
		auction: func(a *auction) {
			if a.category != 10 {
				return
			}
			s := of(a.seller)
			s.sales = append(s.sales, a.id)
			if s.address != nil {
				emit(s.address, a.id)
			}
		},
	}
}

func categoryAverages(r *results) house {
	type line struct {
		Category int64 `json:"category"`
		Average  int64 `json:"average"`
	}
	type offer struct{ price, at int64 }
	type sale struct {
		opened, sold          bool
		category, from, until int64
		best                  int64
		early                 []offer
	}
	type average struct{ n, sum int64 }
	sales, averages := map[int64]*sale{}, map[int64]average{}
	of := func(id int64) *sale {
		s := sales[id]
		if s == nil {
			s = &sale{}
			sales[id] = s
		}
		return s
	}
	take := func(s *sale, o offer) {
		if o.at < s.from || o.at > s.until || s.sold && o.price <= s.best {
			return
		}
		a := averages[s.category]
		if !s.sold {
			a.n++
		}
		a.sum += o.price - s.best
		averages[s.category] = a
		s.sold, s.best = true, o.price
		l := line{s.category, a.sum / a.n}
		r.add(l.Category*(l.Average%1000003), func() any { return l })
	}
	return house{
		auction: func(a *auction) {
			s := of(a.id)
			s.opened, s.category, s.from, s.until = true, a.category, a.dateTime, a.expires
			for _, o := range s.early {
				take(s, o)
			}
			s.early = nil
		},
		bid: func(b *bid) {
			s, o := of(b.auction), offer{b.price, b.dateTime}
			if s.opened {
				take(s, o)
			} else {
				s.early = append(s.early, o)
			}
		},
	}
}
