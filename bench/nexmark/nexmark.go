// Package nexmark makes the events of the Nexmark benchmark, field by field: the bench of stream processors about an
// auction house, whose events are persons that register, auctions that they open, and bids.
//
// What an event holds follows the generator of nexmark/nexmark at 6b3646c, with these differences.
//
//   - There the fields come from a generator of random numbers without a seed; here each field of each event has a seed of
//     its own, made from the number of the event, so runs can be repeated, and any event can be made without those before it.
//   - There the id of a bid's bidder has 1000 added to it twice, so it joins with no person; here once.
//   - There each letter of a text is drawn, and the text is made, for each event. Here a text is a part of a long one that
//     was drawn beforehand, from a place and of a length that are drawn: lengths and letters are as often what they are there,
//     no memory is taken for it, and two texts may have a part in common. So too for what fills an event up to its size.
//   - There a price is a power of ten that is computed; here it comes of a table and a series, to the same cent.
//
// Channels with their pages are made once on both sides.
//
// A program calls these functions through `extern fun`, and the plain side calls them too: so both spend the same time
// on making events.
package nexmark

import (
	"math"
	"math/bits"
	"strconv"
)

// Of fifty events, the first is a person, the next three are auctions, the others bids.
const (
	inARound = 50
	persons  = 1
	auctions = 3
)

// The ids of persons and auctions begin here.
const firstID = 1000

const (
	activePeople = 1000 // who opens auctions and bids
	peopleAhead  = 10   // ids that are not there yet
	inFlight     = 100  // auctions that are open at once
	auctionAhead = 10
	hotOf        = 100 // one id of so many is hot
	hotBidder    = 1   // which of these bids, so that who sells does not
)

// baseTime is the time of event 0: 2015-07-15T00:00:00Z, in milliseconds.
const baseTime = 1436918400000

// field tells fields of an event apart, for their seeds.
type field uint64

const (
	ofName field = iota
	ofEmail
	ofCard
	ofCity
	ofState
	ofExtra
	ofItem
	ofDescription
	ofInitial
	ofReserve
	ofExpires
	ofSeller
	ofCategory
	ofAuction
	ofBidder
	ofPrice
	ofChannel
	ofURL
)

// random is a generator of random numbers, splitmix64.
type random uint64

func of(event int64, f field) random {
	return random(uint64(event)*0x9e3779b97f4a7c15 ^ uint64(f)*0xd1b54a32d192ed03)
}

func (r *random) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	z := uint64(*r)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a number from 0 up to, but without, n.
func (r *random) below(n int64) int64 {
	high, _ := bits.Mul64(r.next(), uint64(n))
	return int64(high)
}

// unit is a number from 0 up to, but without, 1.
func (r *random) unit() float64 { return float64(r.next()>>11) / (1 << 53) }

// IsPerson tells whether an event is a person.
func IsPerson(event int64) bool { return event%inARound < persons }

// IsAuction tells whether an event is an auction.
func IsAuction(event int64) bool {
	r := event % inARound
	return r >= persons && r < persons+auctions
}

// lastPerson and lastAuction count those up to an event, from 0.
func lastPerson(event int64) int64 { return event / inARound }

func lastAuction(event int64) int64 {
	round, offset := event/inARound, event%inARound
	switch {
	case offset < persons: // those of the round before
		round, offset = round-1, auctions-1
	case offset >= persons+auctions:
		offset = auctions - 1
	default:
		offset -= persons
	}
	return round*auctions + offset
}

func somePerson(event int64, r *random) int64 {
	n := lastPerson(event) + 1
	active := min(n, activePeople)
	return n - active + r.below(active+peopleAhead)
}

func someAuction(event int64, r *random) int64 {
	last := lastAuction(event)
	least := max(last-inFlight, 0)
	return least + r.below(last-least+1+auctionAhead)
}

// Time is when an event happens, in milliseconds, at a rate of so many events per second.
func Time(event, rate int64) int64 {
	return baseTime + int64(float64(event)*1e6/float64(rate))/1000
}

// ID is that of the person or auction that an event is.
func ID(event int64) int64 {
	if IsPerson(event) {
		return lastPerson(event) + firstID
	}
	return lastAuction(event) + firstID
}

// Seller is the person who opens an auction.
func Seller(event int64) int64 {
	r := of(event, ofSeller)
	if r.below(4) > 0 {
		return lastPerson(event)/hotOf*hotOf + firstID
	}
	return somePerson(event, &r) + firstID
}

// Category is one of five.
func Category(event int64) int64 {
	r := of(event, ofCategory)
	return 10 + r.below(5)
}

// InitialBid is the least price of an auction.
func InitialBid(event int64) int64 { return price(of(event, ofInitial)) }

// Reserve is what an auction has to bring.
func Reserve(event int64) int64 { return InitialBid(event) + price(of(event, ofReserve)) }

// Expires is when an auction ends, in milliseconds. It lasts, on average, as long as it takes to open inFlight others.
func Expires(event, rate int64) int64 {
	now := Time(event, rate)
	horizon := Time(event+inFlight*inARound/auctions, rate) - now
	r := of(event, ofExpires)
	return now + 1 + r.below(max(2*horizon, 1))
}

// Auction is the one of a bid.
func Auction(event int64) int64 {
	r := of(event, ofAuction)
	if r.below(2) > 0 {
		return lastAuction(event)/hotOf*hotOf + firstID
	}
	return someAuction(event, &r) + firstID
}

// Bidder is the person who bids.
func Bidder(event int64) int64 {
	r := of(event, ofBidder)
	if r.below(4) > 0 {
		return lastPerson(event)/hotOf*hotOf + hotBidder + firstID
	}
	return somePerson(event, &r) + firstID
}

// Price is that of a bid.
func Price(event int64) int64 { return price(of(event, ofPrice)) }

// price is between 1 and a million, in cents, as often between 1 and 10 as between 10 and 100: a power of ten, by the table up
// to priceSteps, from there on by the first terms of its series, which are right to less than a cent.
func price(r random) int64 {
	at := r.unit() * priceSteps
	i := int(at)
	x := (at - float64(i)) * (6 * math.Ln10 / priceSteps)
	return int64(prices[i]*(1+x*(1+x*(1./2)*(1+x*(1./3)*(1+x*(1./4))))) + 0.5)
}

const priceSteps = 1024

var prices = makePrices()

func makePrices() (all [priceSteps]float64) {
	for i := range all {
		all[i] = 100 * math.Pow(10, 6*float64(i)/priceSteps)
	}
	return all
}

// Name is that of a person.
func Name(event int64) string {
	r := of(event, ofName)
	return names[r.below(int64(len(names)))]
}

// EmailAddress is that of a person.
func EmailAddress(event int64) string {
	r := of(event, ofEmail)
	return r.text(7, ' ') + "@" + r.text(5, ' ') + ".com"
}

// CreditCard is the number of one.
func CreditCard(event int64) string {
	r := of(event, ofCard)
	b := make([]byte, 0, 19)
	for i := range 4 {
		if i > 0 {
			b = append(b, ' ')
		}
		n := r.below(10_000)
		b = append(b, byte('0'+n/1000), byte('0'+n/100%10), byte('0'+n/10%10), byte('0'+n%10))
	}
	return string(b)
}

// City and State are where a person lives.
func City(event int64) string {
	r := of(event, ofCity)
	return cities[r.below(int64(len(cities)))]
}

// State is one of six.
func State(event int64) string {
	r := of(event, ofState)
	return states[r.below(int64(len(states)))]
}

// ItemName is what is sold.
func ItemName(event int64) string {
	r := of(event, ofItem)
	return r.text(20, ' ')
}

// Description tells about it.
func Description(event int64) string {
	r := of(event, ofDescription)
	return r.text(100, ' ')
}

// Extra fills an event up to a size, on average: size is what it has without.
func Extra(event, size, average int64) string {
	missing := average - size
	if missing <= 0 {
		return ""
	}
	r := of(event, ofExtra)
	spread := (2*missing + 5) / 10 // a fifth, rounded
	n := missing - spread
	if spread > 0 {
		n += r.below(2 * spread)
	}
	return r.letters(n)
}

// Channel is where a bid comes from, and URL its page.
func Channel(event int64) string { return channels[channelOf(event)].name }

// URL is the page that a bid comes from.
func URL(event int64) string { return channels[channelOf(event)].url }

// channelOf is, as often as not, one of the four hot ones, which stand behind the others.
func channelOf(event int64) int64 {
	r := of(event, ofChannel)
	if r.below(2) > 0 {
		return coldChannels + r.below(int64(len(hotChannels)))
	}
	return r.below(coldChannels)
}

const coldChannels = 10_000

var channels = makeChannels()

type channel struct{ name, url string }

// makeChannels makes them all beforehand; most cold ones have a number in their page.
func makeChannels() []channel {
	all := make([]channel, 0, coldChannels+int64(len(hotChannels)))
	for i := range int64(coldChannels) {
		r := of(i, ofURL)
		url := r.url()
		if r.below(10) > 0 {
			url += "&channel_id=" + strconv.FormatInt(reversed(i), 10)
		}
		all = append(all, channel{"channel-" + strconv.FormatInt(i, 10), url})
	}
	for i, name := range hotChannels {
		r := of(coldChannels+int64(i), ofURL)
		all = append(all, channel{name, r.url()})
	}
	return all
}

// reversed are the 32 bits of a number the other way around, without the sign that they then have.
func reversed(i int64) int64 {
	n := int64(int32(bits.Reverse32(uint32(i))))
	return max(n, -n)
}

var (
	hotChannels = []string{"Google", "Facebook", "Baidu", "Apple"}
	firstNames  = []string{"Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"}
	lastNames   = []string{"Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"}
	cities      = []string{"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"}
	states      = []string{"AZ", "CA", "ID", "OR", "WA", "WY"}
	names       = makeNames()
)

func makeNames() (all []string) {
	for _, first := range firstNames {
		for _, last := range lastNames {
			all = append(all, first+" "+last)
		}
	}
	return all
}
