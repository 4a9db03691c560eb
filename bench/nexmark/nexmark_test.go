package nexmark

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sample is how many events the tests look at.
const sample = 200_000

// near complains about a share that is not what it should be.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance {
		t.Errorf("%s: %.4f; want %.4f", what, got, want)
	}
}

// TestEventsComeInRounds: of fifty events one is a person and three are auctions, whose ids count without gaps.
func TestEventsComeInRounds(t *testing.T) {
	person, auction := int64(firstID), int64(firstID)
	for e := range int64(1000) {
		switch r := e % 50; {
		case IsPerson(e) != (r == 0), IsAuction(e) != (r >= 1 && r <= 3):
			t.Fatalf("event %d is not what it should be", e)
		case IsPerson(e):
			if ID(e) != person {
				t.Fatalf("event %d is person %d; want %d", e, ID(e), person)
			}
			person++
		case IsAuction(e):
			if ID(e) != auction {
				t.Fatalf("event %d is auction %d; want %d", e, ID(e), auction)
			}
			auction++
		}
	}
}

// TestIdsRefer: ids in events are those of persons and auctions that are there or soon will be, half or three quarters of
// them hot ones.
func TestIdsRefer(t *testing.T) {
	var bids, hotAuctions, hotBidders, auctions, hotSellers, joined float64
	for e := int64(0); e < sample; e++ {
		last := lastPerson(e) + firstID
		switch {
		case IsPerson(e):
		case IsAuction(e):
			auctions++
			s := Seller(e)
			if s < firstID || s > last+peopleAhead {
				t.Fatalf("event %d: seller %d; the last person is %d", e, s, last)
			}
			if s == (last-firstID)/100*100+firstID {
				hotSellers++
			}
		default:
			bids++
			a, lastOne := Auction(e), lastAuction(e)+firstID
			if a < max(lastOne-200, firstID) || a > lastOne+auctionAhead {
				t.Fatalf("event %d: auction %d; the last is %d", e, a, lastOne)
			}
			if a == (lastOne-firstID)/100*100+firstID {
				hotAuctions++
			}
			b := Bidder(e)
			if b < firstID || b > max(last+peopleAhead, (last-firstID)/100*100+hotBidder+firstID) {
				t.Fatalf("event %d: bidder %d; the last person is %d", e, b, last)
			}
			if b == (last-firstID)/100*100+hotBidder+firstID {
				hotBidders++
			}
			if b <= last {
				joined++
			}
		}
	}
	near(t, "hot auctions", hotAuctions/bids, 0.5+0.5/111, 0.01)
	near(t, "hot bidders", hotBidders/bids, 0.75, 0.01)
	near(t, "hot sellers", hotSellers/auctions, 0.75, 0.01)
	if joined/bids < 0.9 {
		t.Errorf("only %.2f of the bidders are persons that are there", joined/bids)
	}
}

// TestPrices: as many between 1 and 10 as between 10 and 100, and so on.
func TestPrices(t *testing.T) {
	var decades [6]float64
	for e := range int64(sample) {
		p := Price(e)
		if p < 100 || p > 100_000_000 {
			t.Fatalf("price %d", p)
		}
		decades[min(int(math.Log10(float64(p)/100)), 5)]++
	}
	for i, n := range decades {
		near(t, "prices of a decade", n/sample, 1.0/6, 0.005+0.001*float64(i))
	}
}

// TestTimes: times do not go back, and auctions last as long, on average, as opening a hundred others.
func TestTimes(t *testing.T) {
	const rate = 10_000
	if Time(0, rate) != baseTime || Time(rate, rate) != baseTime+1000 {
		t.Fatalf("event %d happens %d ms after the first", rate, Time(rate, rate)-Time(0, rate))
	}
	var life, n float64
	for e := int64(1); e < sample; e++ {
		if Time(e, rate) < Time(e-1, rate) {
			t.Fatalf("event %d happens before the one before it", e)
		}
		if IsAuction(e) {
			life += float64(Expires(e, rate) - Time(e, rate))
			n++
		}
	}
	near(t, "life of an auction in ms", life/n, 100*50/3.0/rate*1000, 3)
}

// TestSizes: extra fills events up to their size, give or take a fifth; texts are letters and blanks.
func TestSizes(t *testing.T) {
	sum, special, letters := 0, 0, 0
	for e := range int64(sample) {
		x := Extra(e, 32, 100)
		if len(x) < 54 || len(x) > 82 || strings.Trim(x, "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Fatalf("extra %q", x)
		}
		sum += len(x)
		d := Description(e)
		if len(d) >= 100 || d != strings.TrimSpace(d) {
			t.Fatalf("description %q", d)
		}
		special += strings.Count(d, " ")
		letters += len(d)
	}
	near(t, "extra of a bid", float64(sum)/sample, 68, 1)
	near(t, "blanks", float64(special)/float64(letters), 1.0/13, 0.005)
	if Extra(1, 200, 100) != "" {
		t.Error("an event that has its size already gets more")
	}
}

// TestChannels: half of the bids come from the four hot channels; most pages of the others have a number.
func TestChannels(t *testing.T) {
	hot, numbered := 0.0, 0.0
	for e := range int64(sample) {
		if !strings.HasPrefix(Channel(e), "channel-") {
			hot++
		} else if strings.Contains(URL(e), "&channel_id=") {
			numbered++
		}
	}
	near(t, "hot channels", hot/sample, 0.5, 0.01)
	near(t, "pages with a number", numbered/(sample-hot), 0.9, 0.02)
}

// TestChannelTexts: the name and the page of each channel are where they are looked for, and whole.
func TestChannelTexts(t *testing.T) {
	page := regexp.MustCompile(`^https://www\.nexmark\.com(/[a-z_]{3,4}){3}/item\.htm\?query=1(&channel_id=[0-9]+)?$`)
	seen := map[string]bool{}
	for e := range int64(sample) {
		name, url := Channel(e), URL(e)
		i, err := strconv.Atoi(strings.TrimPrefix(name, "channel-"))
		if cold := err == nil && i >= 0 && i < coldChannels; !cold && !slices.Contains(hotNames[:], name) || !page.MatchString(url) {
			t.Fatalf("channel %q with page %q", name, url)
		}
		if _, id, ok := strings.Cut(url, "&channel_id="); ok && id != strconv.FormatInt(reversed(int64(i)), 10) {
			t.Fatalf("channel %q has number %s in its page", name, id)
		}
		seen[name] = true
	}
	if len(seen) < coldChannels*99/100 {
		t.Errorf("only %d channels", len(seen))
	}
}

// TestWhatIsLeftIsRandom: what is drawn after something else of one number does not go by it.
func TestWhatIsLeftIsRandom(t *testing.T) {
	var cells [3][7]float64
	for e := range int64(sample) {
		r := of(e, ofCard)
		first := r.below(3)
		r.below(10_000)
		cells[first][r.below(7)]++
	}
	for _, row := range cells {
		for _, n := range row {
			near(t, "one of three and one of seven", n/sample, 1.0/21, 0.002)
		}
	}
}

// TestFieldsAreIndependent: fields of one event, and one field of events that follow each other, do not go together.
func TestFieldsAreIndependent(t *testing.T) {
	var xy, xx, x, y, n float64
	for e := range int64(sample) {
		r, s, next := of(e, ofPrice), of(e, ofAuction), of(e+1, ofPrice)
		a := unit(r)
		b := unit(s) - unit(next)
		xy, xx, x, y, n = xy+a*b, xx+a*a, x+a, y+b, n+1
	}
	near(t, "covariance", xy/n-x/n*y/n, 0, 0.003)
	near(t, "variance", xx/n-x/n*x/n, 1.0/12, 0.002)
}

func BenchmarkBid(b *testing.B) {
	b.ReportAllocs()
	for e := int64(4); b.Loop(); e++ {
		_, _, _, _, _, _, _ = Auction(e), Bidder(e), Price(e), Channel(e), URL(e), Time(e, 1e7), Extra(e, 32, 100)
	}
}

func BenchmarkPerson(b *testing.B) {
	for e := int64(0); b.Loop(); e += 50 {
		_, _, _, _, _, _ = Name(e), EmailAddress(e), CreditCard(e), City(e), State(e), Extra(e, 80, 200)
	}
}

func BenchmarkAuction(b *testing.B) {
	for e := int64(1); b.Loop(); e += 50 {
		_, _, _, _, _, _, _, _ = ItemName(e), Description(e), InitialBid(e), Reserve(e), Expires(e, 1e7), Seller(e), Category(e), Extra(e, 120, 500)
	}
}

// TestPriceIsAPowerOfTen holds prices against the standard library, where a cent more or less is rounding.
func TestPriceIsAPowerOfTen(t *testing.T) {
	for n := range int64(100_000) {
		r := of(n, ofPrice)
		want := math.Pow(10, 6*unit(r)) * 100
		if got := float64(price(r)); math.Abs(got-want) > 0.51 {
			t.Fatalf("price %v of event %d, not %v", got, n, want)
		}
	}
}

// unit is a random number as a part of 1.
func unit(r random) float64 { return float64(r>>11) / (1 << 53) }
