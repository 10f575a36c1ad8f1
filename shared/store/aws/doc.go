// Package aws is the store on AWS: state in one DynamoDB table, queues on SQS
// standard queues with a dead-letter queue each, objects in S3 buckets, of which
// those with Object Lock are write-once.
//
// # The table
//
// Its key is pk (S): "record/KIND/KEY" or "command/ID". Records and commands
// that somebody looks for by time carry indexLane (S) and indexTime (N,
// milliseconds), the keys of the one sparse index [Index]: "due/KIND" and
// "outbox". It projects commandQueue, commandBody, notBefore and expiresAt.
// TTL is on ttlSeconds.
//
// The lanes are not sharded. A key of an index takes 1000 writes a second, each
// command is two, and a partner's message takes more processor time than that:
// 500 commands a second are far beyond what a country exchanges.
//
// # What the stack must bring
//
//   - The role needs s3:ListBucket, without which S3 answers 403 to what is not
//     there, and s3:GetObjectRetention on locked buckets, without which it does
//     not say until when an object is locked.
//   - A lifecycle rule that aborts incomplete multipart uploads: what a killed
//     process has begun is stored by parts, and named by nobody.
//   - A bucket policy on locked buckets that refuses puts without If-None-Match
//     and deletions without a version: this package does neither, and nobody else
//     should hide an entry behind a newer version or a delete marker.
package aws
