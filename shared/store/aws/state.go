package aws

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vienreiz/vienreiz/shared/store"
)

// State is [store.State] on one DynamoDB table.
type State struct {
	now    func() time.Time
	table  string
	client *dynamodb.Client
}

// Load reads consistently. What has expired is not found, although DynamoDB
// takes days to remove it.
func (s *State) Load(ctx context.Context, kind, key string) (store.Record, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &s.table, Key: recordID(kind, key).key(), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return store.Record{}, fmt.Errorf("load %s %q: %w", kind, key, err)
	}
	r := store.Record{
		Kind: kind, Key: key, Version: store.Version(number(out.Item[recordVersion])),
		Due: instant(out.Item[indexTime]), Expires: instant(out.Item[expiresAt]),
	}
	if len(out.Item) == 0 || !r.Expires.IsZero() && !r.Expires.After(s.now()) {
		return store.Record{}, fmt.Errorf("load %s %q: %w", kind, key, store.ErrNotFound)
	}
	if r.Body, err = bodyOf(out.Item); err != nil {
		return store.Record{}, fmt.Errorf("load %s %q: %w", kind, key, err)
	}
	return r, nil
}

// Commit writes all or nothing, in one transaction. A repetition by the SDK
// after a lost answer carries the same token and is done once. Who meets another
// transaction on the same item is tried again a few times.
func (s *State) Commit(ctx context.Context, changes []store.Change, commands []store.Command) (store.Version, error) {
	now := s.now()
	if err := store.CheckCommit(changes, commands, now); err != nil {
		return 0, err
	}
	version, err := newVersion()
	if err != nil {
		return 0, err
	}
	items := s.transaction(changes, commands, version, now)
	var cause error
	for try := range tries {
		if err := pause(ctx, try); err != nil {
			return 0, fmt.Errorf("commit: %w", errors.Join(err, cause))
		}
		token := hex.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(version))) + fmt.Sprint("-", try)
		_, err := s.client.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items, ClientRequestToken: &token})
		if err == nil {
			return version, nil
		}
		var again bool
		if cause, again = refusal(err, changes, commands); !again {
			break
		}
	}
	return 0, fmt.Errorf("commit: %w", cause)
}

// newVersion is random, so that none comes again; never 0.
func newVersion() (store.Version, error) {
	var b [8]byte
	if _, err := rand.Read(b[:]); err != nil {
		return 0, fmt.Errorf("draw a version: %w", err)
	}
	return store.Version(binary.BigEndian.Uint64(b[:])>>1 | 1), nil
}

// refusal explains an error of a transaction, and says whether to try again.
func refusal(err error, changes []store.Change, commands []store.Command) (error, bool) { //nolint:revive // the error is what is returned, not why the call failed
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return err, false
	}
	again := false
	for i, reason := range cancelled.CancellationReasons {
		switch aws.ToString(reason.Code) {
		case "ConditionalCheckFailed":
			return fmt.Errorf("%s: %w", subject(i, changes, commands), store.ErrConflict), false
		case "TransactionConflict":
			err, again = fmt.Errorf("%s is written by another transaction: %w", subject(i, changes, commands), store.ErrConflict), true
		case "ThrottlingError", "ProvisionedThroughputExceeded":
			again = true
		}
	}
	return err, again
}

// subject names the i-th item of a transaction.
func subject(i int, changes []store.Change, commands []store.Command) string {
	if i < len(changes) {
		return fmt.Sprintf("record %s %q", changes[i].Kind, changes[i].Key)
	}
	return fmt.Sprintf("command %q", commands[min(i-len(changes), len(commands)-1)].ID)
}
