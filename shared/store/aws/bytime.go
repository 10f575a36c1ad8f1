package aws

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vienreiz/vienreiz/shared/store"
)

const (
	queryPage  = 1000 // items
	batchWrite = 25   // items that BatchWriteItem takes
)

// Uncleared returns what was not cleared in time. It lags behind commits as the
// index does, usually by less than a second.
func (s *State) Uncleared(ctx context.Context, until time.Time, limit int) ([]store.Command, error) {
	items, err := s.byTime(ctx, outboxLane, until, limit)
	if err != nil {
		return nil, fmt.Errorf("look for uncleared commands: %w", err)
	}
	var list []store.Command
	for _, item := range items {
		list = append(list, commandOf(item))
	}
	return list, nil
}

// DueBefore names what is due, and lags like Uncleared.
func (s *State) DueBefore(ctx context.Context, kind string, at time.Time, limit int) ([]store.Due, error) {
	items, err := s.byTime(ctx, dueLane(kind), at, limit)
	if err != nil {
		return nil, fmt.Errorf("look for due %s: %w", kind, err)
	}
	var list []store.Due
	for _, item := range items {
		list = append(list, store.Due{Key: strings.TrimPrefix(textOf(item[partition]), string(recordID(kind, ""))), At: instant(item[indexTime])})
	}
	return list, nil
}

// byTime reads a lane of the index up to an instant, without what has expired.
func (s *State) byTime(ctx context.Context, lane string, until time.Time, limit int) ([]map[string]types.AttributeValue, error) {
	var found []map[string]types.AttributeValue
	in := &dynamodb.QueryInput{
		TableName: &s.table, IndexName: aws.String(Index),
		KeyConditionExpression: aws.String("indexLane = :lane AND indexTime <= :until"),
		FilterExpression:       aws.String("attribute_not_exists(expiresAt) OR expiresAt > :now"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":lane": text(lane), ":until": millis(until), ":now": millis(s.now()),
		},
	}
	for len(found) < limit {
		in.Limit = aws.Int32(int32(min(limit-len(found), queryPage)))
		out, err := s.client.Query(ctx, in)
		if err != nil {
			return nil, err
		}
		found = append(found, out.Items...)
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			break
		}
	}
	return found, nil
}

// PutOff sets the time of a command that is there.
func (s *State) PutOff(ctx context.Context, id string, until time.Time) error {
	_, err := s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: commandID(id).key(), ConditionExpression: aws.String("attribute_exists(pk)"),
		UpdateExpression: aws.String("SET indexTime = :until"), ExpressionAttributeValues: map[string]types.AttributeValue{":until": millis(until)},
	})
	var cleared *types.ConditionalCheckFailedException
	if err != nil && !errors.As(err, &cleared) {
		return fmt.Errorf("put command %q off: %w", id, err)
	}
	return nil
}

// Clear forgets commands that were carried out.
func (s *State) Clear(ctx context.Context, ids ...string) error {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for some := range slices.Chunk(ids, batchWrite) {
		if err := s.deleteItems(ctx, some); err != nil {
			return fmt.Errorf("clear commands: %w", err)
		}
	}
	return nil
}

func (s *State) deleteItems(ctx context.Context, ids []string) error {
	var left []types.WriteRequest
	for _, id := range ids {
		left = append(left, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: commandID(id).key()}})
	}
	for try := range tries {
		if err := pause(ctx, try); err != nil {
			return err
		}
		out, err := s.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{s.table: left}})
		if err != nil {
			return err
		}
		if left = out.UnprocessedItems[s.table]; len(left) == 0 {
			return nil
		}
	}
	return fmt.Errorf("%d of them were not processed: DynamoDB throttles the table", len(left))
}
