package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// attemptLimit is how many attempts may fail in a bucket before each further one has to wait, and how long at most.
type attemptLimit struct {
	bucket   string
	free     int
	most     time.Duration
	failures int // before this attempt
}

// wait is how long an attempt has to keep from the last one: doubling from one second.
func (l attemptLimit) wait(failures int) time.Duration {
	if failures < l.free {
		return 0
	}
	return min(time.Second<<min(failures-l.free, 20), l.most)
}

// attempts are the limits of one attempt to log in. What somebody's own attempts do holds back that one alone. What others do, to the account or from
// the network, makes a stranger wait once for their own turn, which nobody can take from them: it counts from when they first asked. Who
// holds a device that logged in before, or comes from where they did, does not wait for others at all.
type attempts struct {
	own    attemptLimit
	turn   string // the bucket in which a stranger's turn is kept
	others []attemptLimit
}

// Free attempts, and the longest wait, of each kind of bucket.
const (
	ownFree, ownMost         = 5, 5 * time.Minute
	accountFree, networkFree = 20, 50
	wideFree                 = 200
	othersMost               = 30 * time.Second
)

// attemptsAt gives the limits of an attempt at a name of that look. known is the mark of the device or place it is known by, empty for a stranger.
func attemptsAt(look, address, known string) attempts {
	near, wide := Networks(address)
	if known != "" {
		return attempts{own: attemptLimit{bucket: "own " + digest(known), free: ownFree, most: ownMost}}
	}
	pair := digest(look + "\x00" + near)
	all := attempts{own: attemptLimit{bucket: "pair " + pair, free: ownFree, most: ownMost}, turn: "turn " + pair, others: []attemptLimit{
		{bucket: "account " + digest(look), free: accountFree, most: othersMost},
		{bucket: "address " + digest(near), free: networkFree, most: othersMost}}}
	if wide != near {
		all.others = append(all.others, attemptLimit{bucket: "address " + digest(wide), free: wideFree, most: othersMost})
	}
	return all
}

// Networks gives the network of an address that counts as one client, and the wider one around it: of IPv6, where one line has the addresses of a
// /64 and a customer up to a /48; an address of IPv4 stands for itself.
func Networks(address string) (near, wide string) {
	at, err := netip.ParseAddr(address)
	if err != nil || !at.Is6() || at.Is4In6() {
		return address, address
	}
	return netip.PrefixFrom(at, 64).Masked().String(), netip.PrefixFrom(at, 48).Masked().String()
}

// admit counts an attempt as a failure beforehand, which succeed takes back, or says in how many seconds it may come.
func (a *attempts) admit(ctx context.Context, tx *store.Tx) (seconds int, err error) {
	wait, err := count(ctx, tx, &a.own)
	if err != nil {
		return 0, err
	}
	longest := time.Duration(0)
	for n := range a.others {
		b := &a.others[n]
		if b.failures, err = failuresIn(ctx, tx, b.bucket); err != nil {
			return 0, err
		}
		longest = max(longest, b.wait(b.failures))
	}
	if longest > 0 {
		until, err := a.turnOf(ctx, tx, longest)
		if err != nil {
			return 0, err
		}
		wait = max(wait, until.Sub(tx.Now))
	}
	if wait > 0 {
		return int((wait + time.Second - 1) / time.Second), nil
	}
	all := append([]attemptLimit{a.own}, a.others...)
	for _, b := range all {
		if err := tx.SetLoginFailures(ctx, b.bucket, b.failures+1); err != nil {
			return 0, err
		}
	}
	if longest > 0 { // the turn is taken; the next one begins now
		return 0, tx.SetLoginFailures(ctx, a.turn, int(longest/time.Second))
	}
	return 0, nil
}

// turnOf says when a stranger's turn comes: as long after they first asked as they were told then.
func (a *attempts) turnOf(ctx context.Context, tx *store.Tx, longest time.Duration) (inspect.Time, error) {
	seconds, since, err := tx.LoginFailures(ctx, a.turn)
	if err != nil {
		return 0, err
	}
	if since == 0 || since.Sub(tx.Now) > clocksApart {
		since, seconds = tx.Now, int(longest/time.Second)
		err = tx.SetLoginFailures(ctx, a.turn, seconds)
	}
	return since.Add(time.Duration(seconds) * time.Second), err
}

// clocksApart is how far ahead of now the time of another attempt may lie; what lies farther was written by a clock that was wrong.
const clocksApart = time.Minute

// succeed takes the attempt back. Others at this network may still be guessing: of theirs it takes back only its own.
func (a *attempts) succeed(ctx context.Context, tx *store.Tx) error {
	if err := tx.SetLoginFailures(ctx, a.own.bucket, 0); err != nil {
		return err
	}
	for n, b := range a.others {
		left := b.failures
		if n == 0 {
			left = 0
		}
		if err := tx.SetLoginFailures(ctx, b.bucket, left); err != nil {
			return err
		}
	}
	return nil
}

// count reads what failed in a bucket, and says how long an attempt has to keep from the last one.
func count(ctx context.Context, tx *store.Tx, b *attemptLimit) (wait time.Duration, err error) {
	n, last, err := tx.LoginFailures(ctx, b.bucket)
	if err != nil || tx.Now.Sub(last) > failuresFade {
		return 0, err
	}
	b.failures = n
	if n == 0 || last.Sub(tx.Now) > clocksApart {
		return 0, nil
	}
	return max(last.Add(b.wait(n)).Sub(tx.Now), 0), nil
}

// failuresIn is how many attempts failed in a bucket that others share.
func failuresIn(ctx context.Context, tx *store.Tx, bucket string) (int, error) {
	n, last, err := tx.LoginFailures(ctx, bucket)
	if err != nil || tx.Now.Sub(last) > failuresFade {
		return 0, err
	}
	return n, nil
}

// tooOften is the refusal of an attempt that has to wait.
func tooOften(seconds int) error {
	return inspect.ErrLoginLimit.With("Too many attempts; wait %d seconds.", seconds).WithState(seconds)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
