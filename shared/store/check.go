package store

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// CheckCommit tells whether a commit is within the limits and names each record
// and command once. Implementations call it before they write.
func CheckCommit(changes []Change, commands []Command, now time.Time) error {
	n := len(changes) + len(commands)
	if n == 0 || n > MaxCommit {
		return fmt.Errorf("a commit of %d changes and %d commands: from 1 to %d are allowed (store.MaxCommit)", len(changes), len(commands), MaxCommit)
	}
	octets, seen := 0, make(map[[2]string]bool, n)
	once := func(kind, key string) error {
		if seen[[2]string{kind, key}] {
			return fmt.Errorf("%s %q appears twice in one commit", kind, key)
		}
		seen[[2]string{kind, key}] = true
		return nil
	}
	for i := range changes {
		c := &changes[i]
		octets += len(c.Body)
		if err := errors.Join(c.check(), once("record "+c.Kind, c.Key)); err != nil {
			return err
		}
	}
	for i := range commands {
		c := &commands[i]
		octets += len(c.Body)
		if err := errors.Join(c.check(now), once("command", c.ID)); err != nil {
			return err
		}
	}
	if octets > MaxCommitBytes {
		return fmt.Errorf("a commit of %d octets, at most %d are allowed (store.MaxCommitBytes)", octets, MaxCommitBytes)
	}
	return nil
}

func (c *Change) check() error {
	if err := errors.Join(CheckName("kind", c.Kind), CheckKey("key", c.Key)); err != nil {
		return err
	}
	if c.Delete && c.Expect == 0 {
		return fmt.Errorf("delete of record %s %q does not name the version", c.Kind, c.Key)
	}
	if len(c.Body) > MaxBody {
		return fmt.Errorf("body of record %s %q has %d octets, at most %d are allowed (store.MaxBody)", c.Kind, c.Key, len(c.Body), MaxBody)
	}
	return nil
}

func (c *Command) check(now time.Time) error {
	if err := CheckKey("command id", c.ID); err != nil {
		return err
	}
	if err := CheckItem(c.Queue, c.item(), c.Delay(now)); err != nil {
		return fmt.Errorf("command %q: %w", c.ID, err)
	}
	return nil
}

// item is what travels of the command.
func (c *Command) item() Item { return Item{Body: c.Body, Command: c.ID} }

// Overdue is when a command that is committed now counts as not cleared in time.
func (c *Command) Overdue(now time.Time) time.Time { return c.From(now).Add(Patience) }

// From is when a command that is committed now may be received.
func (c *Command) From(now time.Time) time.Time { return now.Add(c.Delay(now)) }

// Delay is how long from now the command is not to be received.
func (c *Command) Delay(now time.Time) time.Duration {
	if c.NotBefore.IsZero() {
		return 0
	}
	return max(0, c.NotBefore.Sub(now))
}

// CheckItem tells whether an item can be sent.
func CheckItem(queue string, item Item, delay time.Duration) error {
	if err := CheckName("queue", queue); err != nil {
		return err
	}
	if item.Command != "" {
		if err := CheckKey("command id", item.Command); err != nil {
			return fmt.Errorf("an item for queue %s: %w", queue, err)
		}
	}
	body := item.Body
	if len(body) == 0 || len(body) > MaxItem {
		return fmt.Errorf("an item of %d octets for queue %s, from 1 to %d are allowed (store.MaxItem); put content into an object and send its key", len(body), queue, MaxItem)
	}
	if !utf8.Valid(body) || bytes.ContainsFunc(body, noText) {
		return fmt.Errorf("an item for queue %s is not text: UTF-8 without control characters but tab and line ends, as SQS takes it", queue)
	}
	if delay < 0 || delay > MaxDelay {
		return fmt.Errorf("a delay of %s for queue %s, at most %s is allowed (store.MaxDelay); what is later is a record's due time", delay, queue, MaxDelay)
	}
	return nil
}

// noText: what XML 1.0 §2.2 does not call a character.
func noText(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0xfffe || r == 0xffff
}

// CheckReceive tells whether messages can be asked for like this.
func CheckReceive(limit int, visibility time.Duration) error {
	if limit < 1 || limit > MaxReceive {
		return fmt.Errorf("receive of %d messages, from 1 to %d are allowed (store.MaxReceive)", limit, MaxReceive)
	}
	if visibility < time.Second {
		return fmt.Errorf("receive with a visibility time of %s: others would get the message too, at least 1s is needed", visibility)
	}
	return CheckVisibility(visibility)
}

// CheckVisibility tells whether a message can be hidden for so long.
func CheckVisibility(d time.Duration) error {
	if d < 0 || d > MaxVisibility {
		return fmt.Errorf("a visibility time of %s, at most %s is allowed (store.MaxVisibility)", d, MaxVisibility)
	}
	return nil
}

// CheckName holds kinds, queues and buckets to [a-z0-9-], at most [MaxName]
// octets, beginning with a letter. What says which of them it is.
func CheckName(what, name string) error {
	if name == "" || len(name) > MaxName || name[0] < 'a' || name[0] > 'z' || !only(name, "-") {
		return fmt.Errorf("%s %q is not a name of a-z, 0-9 and hyphens, at most %d octets, beginning with a letter", what, name, MaxName)
	}
	return nil
}

// only tells whether s consists of a-z, 0-9 and the marks.
func only(s, marks string) bool {
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && !strings.ContainsRune(marks, r)
	}) < 0
}

// CheckKey holds a record's key or a command's id to UTF-8 of at most [MaxKey]
// octets without control characters.
func CheckKey(what, key string) error {
	if key == "" || len(key) > MaxKey || !utf8.ValidString(key) || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r == 0x7f || noText(r) }) {
		return fmt.Errorf("%s %.80q is not printable UTF-8 of 1 to %d octets (store.MaxKey)", what, key, MaxKey)
	}
	return nil
}

// CheckObjectKey holds the key of an object to at most [MaxObjectKey] octets:
// segments of at most [MaxSegment], of [a-z0-9._=-] parted by single slashes, each
// beginning with a letter or a digit. So a key means the same in a folder (also one that does not
// tell case apart), in S3 and in a URL. Digest or hex whatever else you have.
func CheckObjectKey(key string) error {
	if len(key) > MaxObjectKey {
		return fmt.Errorf("object key %.80q… has %d octets, at most %d are allowed (store.MaxObjectKey)", key, len(key), MaxObjectKey)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || len(segment) > MaxSegment || !only(segment[:1], "") || !only(segment, "._=-") {
			return fmt.Errorf("object key %q: segment %q is not 1 to %d octets of a-z, 0-9 and ._=- beginning with a letter or a digit", key, segment, MaxSegment)
		}
	}
	return nil
}

// CheckPut tells whether an object can be asked to be stored like this.
func CheckPut(key string, o PutOptions) error {
	if o.Size < 0 || o.Size > MaxObject {
		return fmt.Errorf("object %q of %d octets, at most %d are allowed (store.MaxObject)", key, o.Size, MaxObject)
	}
	return CheckObjectKey(key)
}

// CheckRange tells whether a range has sense.
func CheckRange(r Range) error {
	if r.From < 0 || r.Length < 0 {
		return fmt.Errorf("range from %d of %d octets is negative", r.From, r.Length)
	}
	return nil
}

// CheckList tells whether a list can be asked for like this. Prefix and after
// need not be keys, but hold only what keys hold.
func CheckList(prefix, after string, limit int) error {
	if limit < 1 || limit > MaxList {
		return fmt.Errorf("list of %d objects, from 1 to %d are allowed (store.MaxList)", limit, MaxList)
	}
	if !only(prefix, "/._=-") || !only(after, "/._=-") {
		return fmt.Errorf("list after %q with prefix %q: not what a key can begin with", after, prefix)
	}
	return nil
}

// CheckLink tells whether a link can be made like this: good for whole seconds
// up to [MaxLink], to octets that are given as something.
func CheckLink(valid time.Duration, as Shown) error {
	if valid < time.Second || valid > MaxLink || valid%time.Second != 0 {
		return fmt.Errorf("a link for %s, from 1 s to %s are allowed (store.MaxLink)", valid, MaxLink)
	}
	if as.MediaType == "" || as.Disposition == "" {
		return errors.New("a link without a media type or a disposition would show what was put as what it claims to be")
	}
	return nil
}
