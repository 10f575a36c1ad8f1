package handler

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// FetchEvidence gives the octets of a document, or says where they are.
func (s *server) FetchEvidence(ctx context.Context, in api.FetchEvidenceRequestObject) (api.FetchEvidenceResponseObject, error) {
	if !requestID.MatchString(in.Id) {
		return nil, noRequest()
	}
	if in.Number < 1 || in.Number > MaxDocuments {
		return nil, noDocument()
	}
	o, err := s.Desk.Open(ctx, callOf(ctx).portal.ID, in.Id, in.Number)
	if err != nil {
		return nil, err
	}
	if o.Link != "" {
		return api.FetchEvidence303Response{Headers: api.FetchEvidence303ResponseHeaders{Location: o.Link, CacheControl: "no-store"}}, nil
	}
	return opened(o)
}

func opened(o *requester.Opened) (api.FetchEvidenceResponseObject, error) {
	digest, err := hex.DecodeString(o.SHA256)
	if err != nil {
		o.Body.Close()
		return nil, fmt.Errorf("digest of document %d: %w", o.Number, err)
	}
	return api.FetchEvidence200AsteriskResponse{
		Body: o.Body, ContentType: o.Shown.MediaType, ContentLength: o.Size,
		Headers: api.FetchEvidence200ResponseHeaders{
			ContentDisposition: o.Shown.Disposition,
			ETag:               `"` + o.SHA256 + `"`,
			ReprDigest:         "sha-256=:" + base64.StdEncoding.EncodeToString(digest) + ":",
		},
	}, nil
}
