// Package cloud runs a country's node as it is deployed, on an emulator of AWS
// that AWS_ENDPOINT_URL names: the built zips as processes, state in DynamoDB,
// queues on SQS, objects in S3, keys in Secrets Manager.
//
// Two shapes: what package provision makes, with this process in the place of API
// Gateway, of Lambda and of its mappings; and what Terraform has applied, where
// the emulator is all of that, and this process only the name in front.
package cloud

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"go.yaml.in/yaml/v3"

	"github.com/vienreiz/vienreiz/functions"
	"github.com/vienreiz/vienreiz/localstack/provision"
	"github.com/vienreiz/vienreiz/localstack/world"
	"github.com/vienreiz/vienreiz/shared/journal"
	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/keys/kms"
	"github.com/vienreiz/vienreiz/shared/store"
	"github.com/vienreiz/vienreiz/shared/store/aws"
	"github.com/vienreiz/vienreiz/shared/tenant"
	"github.com/vienreiz/vienreiz/shared/tenant/bucket"
)

// Deployed is a stack on an emulator, before its tenant document is there.
type Deployed struct {
	Name   string
	Config aws.Config
	Store  *aws.Store
	Keys   map[string][]string // once it is configured: ARNs in KMS by use, as Terraform's variable keys has them
}

// Make provisions a stack by the SDK, as functions.yaml says.
func Make(ctx context.Context, name string) (*Deployed, error) {
	list := functions.All()
	t := provision.Tenant{Prefix: name + "-", MaxReceives: 5, Receives: map[string]int{}, Buckets: []string{bucket.Bucket}}
	for queue, q := range list.Queues {
		t.Queues, t.Receives[queue] = append(t.Queues, queue), q.Receives
	}
	for b, of := range list.Buckets {
		switch {
		case of.Lock > 0:
			t.Locked = append(t.Locked, b)
		case b != bucket.Bucket:
			t.Buckets = append(t.Buckets, b)
		}
	}
	made, err := provision.Make(ctx, t)
	if err != nil {
		return nil, err
	}
	return open(ctx, name, made)
}

func open(ctx context.Context, name string, c aws.Config) (*Deployed, error) {
	c.Now = time.Now
	for i := range c.Queues {
		c.Queues[i].Wait = wait
	}
	s, err := aws.Open(ctx, c, provision.Credentials)
	return &Deployed{Name: name, Config: c, Store: s}, err
}

// Environment is what package functions/cloud reads, and the SDK.
func (d *Deployed) Environment() (map[string]string, error) {
	queues, buckets := map[string]map[string]string{}, map[string]string{}
	for _, q := range d.Config.Queues {
		queues[q.Name] = map[string]string{"url": q.URL, "dead": q.Dead}
	}
	for _, b := range d.Config.Buckets {
		buckets[b.Name] = b.Bucket
	}
	q, err := json.Marshal(queues)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(buckets)
	return map[string]string{
		"AWS_CA_BUNDLE":  os.Getenv("AWS_CA_BUNDLE"), // of an emulator that speaks https
		"VIENREIZ_TABLE": d.Config.Table, "VIENREIZ_QUEUES": string(q), "VIENREIZ_BUCKETS": string(b),
		"AWS_ENDPOINT_URL": os.Getenv("AWS_ENDPOINT_URL"), "AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
	}, err
}

// Configure puts the documents and certificates of a site into the bucket, the
// keys of its access point into KMS, and its others into Secrets Manager; what was
// there is replaced.
func (d *Deployed) Configure(ctx context.Context, s *world.Site) error {
	document := *s.Document
	sign, err := d.imports(ctx, s, document.Keys.Signing, kms.Sign)
	if err != nil {
		return err
	}
	decrypt, err := d.imports(ctx, s, document.Keys.Decryption, kms.Decrypt)
	if err != nil {
		return err
	}
	d.Keys = map[string][]string{"sign": sign, "decrypt": decrypt}
	return errors.Join(
		d.secret(ctx, s, &document.Keys.SignIn, "sign-in"), d.secret(ctx, s, &document.Keys.Tokens, "tokens"),
		d.files(ctx, s), d.document(ctx, &document)) // the document comes last: what it names is there
}

// files puts the other documents and the certificates of a site into the bucket.
func (d *Deployed) files(ctx context.Context, s *world.Site) error {
	files, err := filepath.Glob(filepath.Join(s.Folder, "*"))
	if err != nil {
		return err
	}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasSuffix(name, "-key.pem") || name == "tenant.yaml" {
			continue
		}
		octets, err := os.ReadFile(file)
		if err := errors.Join(err, d.put(ctx, name, octets)); err != nil {
			return err
		}
	}
	return nil
}

func (d *Deployed) document(ctx context.Context, document *tenant.Document) error {
	if findings := document.Validate(); len(findings) > 0 {
		return &tenant.Invalid{Findings: findings}
	}
	octets, err := yaml.Marshal(document)
	return errors.Join(err, d.put(ctx, "tenant.yaml", octets))
}

func (d *Deployed) put(ctx context.Context, name string, octets []byte) error {
	_, err := d.Store.Objects.Put(ctx, bucket.Bucket, name, bytes.NewReader(octets), store.PutOptions{})
	return err
}

// imports moves keys from their files to KMS as `vienreiz keys import` does, says
// so in the document, and returns their ARNs.
func (d *Deployed) imports(ctx context.Context, s *world.Site, keys []tenant.Key, use string) ([]string, error) {
	importer, err := kms.OpenImporter(ctx, provision.Credentials)
	if err != nil {
		return nil, err
	}
	var arns []string
	for i := range keys {
		octets, err := os.ReadFile(filepath.Join(s.Folder, keys[i].Key))
		if err != nil {
			return nil, err
		}
		key, err := file.PrivateKey(octets)
		if err != nil {
			return nil, err
		}
		made, err := importer.Import(ctx, d.Name, use, key.(crypto.Signer))
		if err != nil {
			return nil, err
		}
		keys[i].Key, arns = made.Name, append(arns, made.ARN)
	}
	return arns, nil
}

// secret moves a key from its file to a secret named as infra/ names it, and
// says so in the document.
func (d *Deployed) secret(ctx context.Context, s *world.Site, key *tenant.Key, use string) error {
	octets, err := os.ReadFile(filepath.Join(s.Folder, key.Key))
	if err != nil {
		return err
	}
	sdk, err := config.LoadDefaultConfig(ctx, provision.Credentials)
	if err != nil {
		return err
	}
	client, name, text := secretsmanager.NewFromConfig(sdk), path.Join(d.Name, use), string(octets)
	_, err = client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &name, SecretString: &text})
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		_, err = client.CreateSecret(ctx, &secretsmanager.CreateSecretInput{Name: &name, SecretString: &text})
		var twice *types.ResourceExistsException
		if errors.As(err, &twice) { // the SDK repeats a call whose connection the emulator has closed
			err = nil
		}
	}
	if err != nil {
		return fmt.Errorf("keep secret %s: %w", name, err)
	}
	key.Key = "secret:" + name
	return nil
}

// Hide sets for how long a queue hides what was received, or that in which its items
// travel: nobody waits for minutes here.
func (d *Deployed) Hide(ctx context.Context, queue string, hidden time.Duration) error {
	sdk, err := config.LoadDefaultConfig(ctx, provision.Credentials)
	if err != nil {
		return err
	}
	for _, q := range d.Config.Queues {
		if q.Name != queue {
			continue
		}
		_, err := sqs.NewFromConfig(sdk).SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{
			QueueUrl: &q.URL, Attributes: map[string]string{"VisibilityTimeout": strconv.Itoa(int(hidden.Seconds()))},
		})
		return err
	}
	return fmt.Errorf("the stack has no queue %s", queue)
}

// Journal reads the entries of the journal's bucket since a time.
func (d *Deployed) Journal(ctx context.Context, since time.Time) (map[string][]journal.Entry, error) {
	all := map[string][]journal.Entry{}
	for after := ""; ; {
		list, err := d.Store.Objects.List(ctx, journal.Bucket, "", after, store.MaxList)
		if err != nil || len(list) == 0 {
			return all, err
		}
		for _, o := range list {
			e, err := d.entry(ctx, o.Key)
			if err != nil {
				return nil, fmt.Errorf("read journal entry %s: %w", o.Key, err)
			}
			if !e.At.Before(since.Truncate(time.Millisecond)) {
				all[e.Subject] = append(all[e.Subject], *e)
			}
		}
		after = list[len(list)-1].Key
	}
}

func (d *Deployed) entry(ctx context.Context, key string) (*journal.Entry, error) {
	r, _, err := d.Store.Objects.Open(ctx, journal.Bucket, key, store.Range{})
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // it was read only
	octets, err := io.ReadAll(io.LimitReader(r, journal.MaxEntryBytes))
	if err != nil {
		return nil, err
	}
	e := new(journal.Entry)
	return e, json.Unmarshal(octets, e)
}
