package aws

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/vienreiz/vienreiz/shared/store"
)

// Index is the sparse index of the table.
const Index = "byTime"

// Attributes of the table. None is one of DynamoDB's 573 reserved words, so they
// stand in expressions as they are.
const (
	partition     = "pk"
	recordVersion = "recordVersion"
	recordBody    = "recordBody"
	indexLane     = "indexLane"
	indexTime     = "indexTime"  // milliseconds
	expiresAt     = "expiresAt"  // milliseconds
	ttlSeconds    = "ttlSeconds" // of DynamoDB, not before expiresAt
	commandQueue  = "commandQueue"
	commandBody   = "commandBody"
	notBefore     = "notBefore" // milliseconds; 0: at once (up to release 0.2)
)

const outboxLane = "outbox"

func dueLane(kind string) string { return "due/" + kind }

// itemID is the value of the table's key.
type itemID string

func recordID(kind, key string) itemID { return itemID("record/" + kind + "/" + key) }
func commandID(id string) itemID       { return itemID("command/" + id) }

func (id itemID) key() map[string]types.AttributeValue {
	return map[string]types.AttributeValue{partition: text(string(id))}
}

// transaction lists the writes of a commit: changes, then commands.
func (s *State) transaction(changes []store.Change, commands []store.Command, v store.Version, now time.Time) []types.TransactWriteItem {
	items := make([]types.TransactWriteItem, 0, len(changes)+len(commands))
	for i := range changes {
		items = append(items, s.write(&changes[i], v, now))
	}
	for i := range commands {
		items = append(items, s.order(&commands[i], now))
	}
	return items
}

// write puts or deletes a record. An expired one is as if it were not there.
func (s *State) write(c *store.Change, v store.Version, now time.Time) types.TransactWriteItem {
	condition := "attribute_not_exists(pk) OR expiresAt <= :now"
	values := map[string]types.AttributeValue{":now": millis(now)}
	if c.Expect != 0 {
		condition = "recordVersion = :expected AND (attribute_not_exists(expiresAt) OR expiresAt > :now)"
		values[":expected"] = integer(int64(c.Expect))
	}
	id := recordID(c.Kind, c.Key)
	if c.Delete {
		return types.TransactWriteItem{Delete: &types.Delete{TableName: &s.table, Key: id.key(), ConditionExpression: &condition, ExpressionAttributeValues: values}}
	}
	item := id.key()
	item[recordVersion] = integer(int64(v))
	putBody(item, c.Body)
	if !c.Due.IsZero() {
		item[indexLane], item[indexTime] = text(dueLane(c.Kind)), millis(c.Due)
	}
	if !c.Expires.IsZero() {
		item[expiresAt], item[ttlSeconds] = millis(c.Expires), integer((c.Expires.UnixMilli()+999)/1000)
	}
	return types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: item, ConditionExpression: &condition, ExpressionAttributeValues: values}}
}

// order writes a command. The same again changes nothing; another under its id is
// refused. indexTime is when it counts as not cleared in time.
func (s *State) order(c *store.Command, now time.Time) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName:           &s.table,
		Key:                 commandID(c.ID).key(),
		ConditionExpression: aws.String("attribute_not_exists(pk) OR (commandQueue = :queue AND commandBody = :body)"),
		UpdateExpression: aws.String("SET commandQueue = :queue, commandBody = :body, indexLane = :lane, " +
			"indexTime = if_not_exists(indexTime, :overdue), notBefore = if_not_exists(notBefore, :start)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":queue": text(c.Queue), ":body": blob(c.Body), ":lane": text(outboxLane), ":overdue": millis(c.Overdue(now)), ":start": millis(c.From(now)),
		},
	}}
}

// commandOf reads what order wrote.
func commandOf(item map[string]types.AttributeValue) store.Command {
	c := store.Command{ID: strings.TrimPrefix(textOf(item[partition]), string(commandID(""))), Queue: textOf(item[commandQueue]), Body: octets(item[commandBody])}
	if ms := number(item[notBefore]); ms != 0 {
		c.NotBefore = time.UnixMilli(ms).UTC()
	}
	return c
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func blob(b []byte) types.AttributeValue { return &types.AttributeValueMemberB{Value: notNil(b)} }
func integer(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}
func millis(t time.Time) types.AttributeValue { return integer(t.UnixMilli()) }

func textOf(v types.AttributeValue) string {
	s, _ := v.(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func octets(v types.AttributeValue) []byte {
	b, _ := v.(*types.AttributeValueMemberB)
	if b == nil {
		return nil
	}
	return b.Value
}

// number is 0 where there is none.
func number(v types.AttributeValue) int64 {
	n, _ := v.(*types.AttributeValueMemberN)
	if n == nil {
		return 0
	}
	i, _ := strconv.ParseInt(n.Value, 10, 64)
	return i
}

func instant(v types.AttributeValue) time.Time {
	if v == nil {
		return time.Time{}
	}
	return time.UnixMilli(number(v)).UTC()
}

// notNil keeps an empty body from becoming NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
