package main

import (
	"context"
	"crypto"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/vienreiz/vienreiz/shared/as4"
	"github.com/vienreiz/vienreiz/shared/ebms"
	"github.com/vienreiz/vienreiz/shared/keys/file"
	"github.com/vienreiz/vienreiz/shared/partners"
)

// as4Flags are common to the AS4 commands: who we are, who the partners are,
// what is agreed.
type as4Flags struct {
	me, key, cert, agreeKey, agreeCert string
	document, partyType, profile       string
	partners, legs                     list
	limitMessage, limitPart            size
}

func (f *as4Flags) register(fs *flag.FlagSet) {
	fs.StringVar(&f.me, "me", "", "our own party `ID`")
	fs.StringVar(&f.key, "key", "", "our private key, PEM `FILE`: RSA, ECDSA or Ed25519")
	fs.StringVar(&f.cert, "cert", "", "its certificate, PEM `FILE`; a chain has ours first")
	fs.StringVar(&f.agreeKey, "agree-key", "", "our private key that partners encrypt for, PEM `FILE`, when it is not --key (X25519 for AS4 2.0)")
	fs.StringVar(&f.agreeCert, "agree-cert", "", "its certificate, PEM `FILE`")
	fs.Var(&f.partners, "partner", "a partner, `ID=SIGN.pem[,ENC.pem]`: its pinned certificates; repeatable; the same ID again pins one more during roll-over")
	fs.StringVar(&f.document, "partners", "", "a partners document, JSON `FILE` (vienreiz partners)")
	fs.StringVar(&f.partyType, "party-type", ebms.OOTSPartyType, "type `URI` of all party ids given by flags")
	fs.StringVar(&f.profile, "profile", "", "`NAME` of the profile: 1.15, 2.0, 2.0-ecc, 1.12; without it the key of a partner's certificate tells")
	fs.Var(&f.legs, "leg", "an agreed `SERVICE[;type=T],ACTION`; repeatable; replaces the OOTS legs and the check of the OOTS role")
	fs.Var(&f.limitMessage, "limit-message", "largest HTTP body, as 100MB (default 128MiB)")
	fs.Var(&f.limitPart, "limit-part", "largest part as delivered, as 25MB (default 100MiB)")
}

func (f *as4Flags) limits() as4.Limits {
	return as4.Limits{Message: int64(f.limitMessage), Part: int64(f.limitPart)}
}

// identity loads our keys.
func (f *as4Flags) identity() (as4.Identity, error) {
	id := as4.Identity{Party: ebms.PartyID{Type: f.partyType, Value: f.me}}
	if f.me == "" || f.key == "" || f.cert == "" {
		return id, errors.New("--me, --key and --cert are needed")
	}
	key, chain, err := keyPair(f.key, f.cert)
	if err != nil {
		return id, err
	}
	signer, ok := key.(crypto.Signer)
	if _, agreement := key.(*ecdh.PrivateKey); !ok || agreement {
		return id, fmt.Errorf("%s holds a %T, which cannot sign; give it as --agree-key", f.key, key)
	}
	id.Signing = []as4.SigningKey{{Chain: chain, Key: signer}}
	if (f.agreeKey == "") != (f.agreeCert == "") {
		return id, errors.New("--agree-key and --agree-cert go together")
	}
	if f.agreeKey != "" {
		agree, agreeChain, err := keyPair(f.agreeKey, f.agreeCert)
		if err != nil {
			return id, err
		}
		id.Decryption = append(id.Decryption, as4.DecryptionKey{Certificate: agreeChain[0], Key: agree})
	}
	if file.CanDecrypt(key) {
		id.Decryption = append(id.Decryption, as4.DecryptionKey{Certificate: chain[0], Key: key})
	}
	return id, nil
}

func keyPair(keyFile, certFile string) (crypto.PrivateKey, []*x509.Certificate, error) {
	octets, err := file.Read(keyFile)
	if err != nil {
		return nil, nil, err
	}
	key, err := file.PrivateKey(octets)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", keyFile, err)
	}
	chain, err := certificates(certFile)
	if err != nil {
		return nil, nil, err
	}
	if err := file.Fits(key, chain[0]); err != nil {
		return nil, nil, fmt.Errorf("%s and %s: %w", keyFile, certFile, err)
	}
	return key, chain, nil
}

func certificates(path string) ([]*x509.Certificate, error) {
	octets, err := file.Read(path)
	if err != nil {
		return nil, err
	}
	certs, err := file.Certificates(octets)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return certs, nil
}

// partnerBook answers look-ups from flags and from a partners document.
type partnerBook map[ebms.PartyID]*as4.Partner

func (b partnerBook) Partner(_ context.Context, id ebms.PartyID) (*as4.Partner, error) {
	return b[id], nil
}

// book loads all partners.
func (f *as4Flags) book() (partnerBook, error) {
	book := partnerBook{}
	if f.document != "" {
		octets, err := file.Read(f.document)
		if err != nil {
			return nil, err
		}
		doc, err := partners.Parse(octets)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.document, err)
		}
		all, err := doc.Agreements()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.document, err)
		}
		for _, p := range all {
			book[p.ID] = p
		}
	}
	legs, err := f.agreedLegs()
	if err != nil {
		return nil, err
	}
	for _, value := range f.partners {
		p, err := f.partner(value)
		if err != nil {
			return nil, err
		}
		p.Legs = legs
		if old := book[p.ID]; old != nil && old.Profile == p.Profile {
			p.Signing = append(old.Signing, p.Signing...)
		}
		book[p.ID] = p
	}
	return book, nil
}

func (f *as4Flags) partner(value string) (*as4.Partner, error) {
	id, files, ok := strings.Cut(value, "=")
	if !ok || id == "" || files == "" {
		return nil, fmt.Errorf("--partner %q: write ID=SIGN.pem[,ENC.pem]", value)
	}
	signFile, encFile, _ := strings.Cut(files, ",")
	p := &as4.Partner{ID: ebms.PartyID{Type: f.partyType, Value: id}}
	sign, err := certificates(signFile)
	if err != nil {
		return nil, err
	}
	p.Signing, p.Encryption = sign[:1], sign
	if encFile != "" {
		if p.Encryption, err = certificates(encFile); err != nil {
			return nil, err
		}
	}
	if f.profile != "" {
		p.Profile, err = as4.ProfileNamed(f.profile)
	} else {
		p.Profile, err = as4.ProfileFor(sign[0])
	}
	return p, err
}

func (f *as4Flags) agreedLegs() ([]as4.Leg, error) {
	if len(f.legs) == 0 {
		return as4.OOTSLegs, nil
	}
	legs := make([]as4.Leg, 0, len(f.legs))
	for _, value := range f.legs {
		i := strings.LastIndexByte(value, ',')
		if i <= 0 || i == len(value)-1 {
			return nil, fmt.Errorf("--leg %q: write SERVICE,ACTION", value)
		}
		service, typ, typed := cutLast(value[:i], ";type=")
		legs = append(legs, as4.Leg{Service: ebms.Service{Type: typ, Value: service}, AnyType: !typed, Action: value[i+1:]})
	}
	return legs, nil
}

// cutLast cuts at the last separator.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// newIDs makes MessageIds in the name of our party.
func (f *as4Flags) newIDs() func() string { return as4.NewIDs(rand.Reader, f.me) }
