// Package nexmark makes the events of the Nexmark benchmark, field by field: the bench of stream processors about an
// auction house, whose events are persons that register, auctions that they open, and bids.
//
// What an event holds follows the generator of nexmark/nexmark at 6b3646c, with these differences.
//
//   - There the fields come from a generator of random numbers without a seed; here each field of each event has a random
//     number of its own, made from the number of the event, so runs can be repeated, and any event can be made without those before it.
//   - There the id of a bid's bidder has 1000 added to it twice, so it joins with no person; here once.
//   - There each letter of a text is drawn, and the text is made, for each event. Here a text is a part of a long one that
//     was drawn beforehand, from a place and of a length that are drawn: lengths and letters are as often what they are there,
//     no memory is taken for it, and two texts may have a part in common. So too for what fills an event up to its size.
//   - There a price is a power of ten that is computed; here it comes of a table and a series, to the same cent.
//
// Channels with their pages are made once on both sides. A field takes one random number, however much is drawn for it.
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

// field tells fields of an event apart, for their random numbers.
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
	ofLetter
	ofSpaced
	ofScored

	fields = 32 // at most
)

// random is a random number: a part of 1, in units of 1/2^64.
type random uint64

// of is the random number of a field of an event: wyrand, which takes one step for a number, so numbers need not be made in turn.
func of(event int64, f field) random {
	at := (uint64(event)*fields + uint64(f)) * 0xa0761d6478bd642f
	high, low := bits.Mul64(at, at^0xe7037ed1a0b428db)
	return random(high ^ low)
}

// below takes a number from 0 up to, but without, n. What is left is a random number again, of as many bits less as n has.
func (r *random) below(n int64) int64 {
	high, low := bits.Mul64(uint64(*r), uint64(n))
	*r = random(low)
	return int64(high)
}

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

func somePerson(last int64, r random) int64 {
	n := last + 1
	active := min(n, activePeople)
	return n - active + r.below(active+peopleAhead)
}

func someAuction(last int64, r random) int64 {
	least := max(last-inFlight, 0)
	return least + r.below(last-least+1+auctionAhead)
}

// hotOr is the hot one of the ids up to last if it is wanted, else the other one. Processors cannot guess which it will be, so both
// are computed, and one is taken without a branch.
func hotOr(other, last int64, wanted bool) int64 {
	hot := last / hotOf * hotOf
	if wanted {
		other = hot
	}
	return other
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
	r, last := of(event, ofSeller), lastPerson(event)
	hot := r.below(4) > 0
	return hotOr(somePerson(last, r), last, hot) + firstID
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
	r, last := of(event, ofAuction), lastAuction(event)
	hot := r.below(2) > 0
	return hotOr(someAuction(last, r), last, hot) + firstID
}

// Bidder is the person who bids.
func Bidder(event int64) int64 {
	r, last := of(event, ofBidder), lastPerson(event)
	hot := r.below(4) > 0
	return hotOr(somePerson(last, r)-hotBidder, last, hot) + hotBidder + firstID
}

// Price is that of a bid.
func Price(event int64) int64 { return price(of(event, ofPrice)) }

// price is between 1 and a million, in cents, as often between 1 and 10 as between 10 and 100: a power of ten, by the table up
// to priceSteps, from there on by the first terms of its series, which are right to less than a cent.
func price(r random) int64 {
	step := prices[r.below(priceSteps)]
	x := float64(r>>11) * (6 * math.Ln10 / priceSteps / (1 << 53))
	return int64(step*(1+x*(1+x*(1./2)*(1+x*(1./3)*(1+x*(1./4))))) + 0.5)
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
func Channel(event int64) string {
	i := channelOf(event)
	at := i * channelSize
	return channels.texts[at : at+int64(channels.names[i])]
}

// URL is the page that a bid comes from.
func URL(event int64) string {
	i := channelOf(event)
	at := i*channelSize + int64(channels.names[i])
	return channels.texts[at : at+int64(channels.urls[i])]
}

// channelOf is, as often as not, one of the four hot ones, which stand behind the others.
func channelOf(event int64) int64 {
	r := of(event, ofChannel)
	hot := r.below(2) > 0
	first, n := int64(0), int64(coldChannels)
	if hot {
		first = coldChannels
	}
	if hot {
		n = hotChannels
	}
	return first + r.below(n)
}

const (
	coldChannels = 10_000
	hotChannels  = 4
	channelSize  = 96 // of its texts: of 1 MB, a bid needs two cache lines
)

var channels = makeChannels()

// house are the texts of all channels, the name of each with its page behind it, and how long they are.
type house struct {
	texts       string
	names, urls [coldChannels + hotChannels]uint8
}

// makeChannels makes them all beforehand; most cold ones have a number in their page.
func makeChannels() *house {
	h := &house{}
	texts := make([]byte, 0, channelSize*len(h.names))
	for i := range h.names {
		r := of(int64(i), ofURL)
		name, url := "channel-"+strconv.Itoa(i), r.url()
		if i >= coldChannels {
			name = hotNames[i-coldChannels]
		} else if r.below(10) > 0 {
			url += "&channel_id=" + strconv.FormatInt(reversed(int64(i)), 10)
		}
		h.names[i], h.urls[i] = uint8(len(name)), uint8(len(url))
		texts = append(append(texts, name...), url...)
		texts = append(texts, make([]byte, channelSize*(i+1)-len(texts))...)
	}
	h.texts = string(texts)
	return h
}

// reversed are the 32 bits of a number the other way around, without the sign that they then have.
func reversed(i int64) int64 {
	n := int64(int32(bits.Reverse32(uint32(i))))
	return max(n, -n)
}

var (
	hotNames   = [hotChannels]string{"Google", "Facebook", "Baidu", "Apple"}
	firstNames = []string{"Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"}
	lastNames  = []string{"Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"}
	cities     = []string{"Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"}
	states     = []string{"AZ", "CA", "ID", "OR", "WA", "WY"}
	names      = makeNames()
)

func makeNames() (all []string) {
	for _, first := range firstNames {
		for _, last := range lastNames {
			all = append(all, first+" "+last)
		}
	}
	return all
}
