package handler

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"mime"

	"github.com/vienreiz/vienreiz/functions/portal/api"
	"github.com/vienreiz/vienreiz/shared/requester"
)

// FetchEvidence gives the octets of a document, or says where they are.
func (s *server) FetchEvidence(ctx context.Context, in api.FetchEvidenceRequestObject) (api.FetchEvidenceResponseObject, error) {
	portal := callOf(ctx).portal.ID
	if !requestID.MatchString(in.Id) {
		return nil, noRequest()
	}
	if in.Number < 1 || in.Number > MaxDocuments {
		return nil, noDocument()
	}
	if l, links := s.Desk.(linker); links {
		url, ok, err := l.Link(ctx, portal, in.Id, in.Number)
		if err != nil {
			return nil, err
		}
		if ok {
			return api.FetchEvidence303Response{Headers: api.FetchEvidence303ResponseHeaders{Location: url}}, nil
		}
	}
	octets, d, err := s.Desk.Open(ctx, portal, in.Id, in.Number)
	if err != nil {
		return nil, err
	}
	return opened(octets, &d)
}

func opened(octets io.ReadCloser, d *requester.Document) (api.FetchEvidenceResponseObject, error) {
	digest, err := hex.DecodeString(d.SHA256)
	if err != nil {
		octets.Close()
		return nil, fmt.Errorf("digest of document %d: %w", d.Number, err)
	}
	return api.FetchEvidence200AsteriskResponse{
		Body: octets, ContentType: mediaType(d.MediaType), ContentLength: d.Size,
		Headers: api.FetchEvidence200ResponseHeaders{
			ContentDisposition: fmt.Sprintf("attachment; filename=%q", fmt.Sprintf("evidence-%d%s", d.Number, extensions[d.MediaType])),
			ETag:               `"` + d.SHA256 + `"`,
			ReprDigest:         "sha-256=:" + base64.StdEncoding.EncodeToString(digest) + ":",
		},
	}, nil
}

// mediaType lets nothing else into the header than a media type.
func mediaType(s string) string {
	if is, _, err := mime.ParseMediaType(s); err == nil {
		return is
	}
	return "application/octet-stream"
}

// extensions of the list OOTSMediaTypes.
var extensions = map[string]string{
	"application/json": ".json", "application/pdf": ".pdf", "application/xml": ".xml",
	"image/jpeg": ".jpg", "image/png": ".png", "image/svg+xml": ".svg",
}
