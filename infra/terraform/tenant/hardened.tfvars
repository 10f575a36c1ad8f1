# Hardened: private keys in KMS, a web ACL before each gateway, mutual TLS for portals,
# a journal that nobody can delete for 12 months, every alarm. Messages end at 6 MB, and our
# calls come from no fixed address: conformant.tfvars has both.
# Fill in what is marked; the rest is meant as it stands.
#
#   terraform apply -var-file=hardened.tfvars -var zips=../../../build/zips/arm64

name   = "lv-interior"  # fill in: cannot be changed later
region = "eu-central-1" # fill in: where the ministry's data may lie

alarm_emails = ["oots-duty@interior.example"] # fill in

# Fill in: names, their certificates in AWS Certificate Manager (same region), a regional web
# ACL of AWS WAF, and who may call as4. Rules of the ACL must not look into bodies of as4 and
# api: evidence is neither SQL nor script, and may hold words that look so.
gateways = {
  as4 = {
    domain        = { name = "as4.interior.example", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/11111111-1111-4111-8111-111111111111" }
    allowed_cidrs = ["192.0.2.17/32", "198.51.100.0/24"] # of the partners
    waf_acl_arn   = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/lv-interior/11111111-1111-4111-8111-111111111111"
  }
  api = {
    domain = {
      name            = "api.interior.example"
      certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/22222222-2222-4222-8222-222222222222"
      truststore_uri  = "s3://lv-interior-trust/portals.pem" # whose client certificates portals may show
    }
    waf_acl_arn = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/lv-interior/11111111-1111-4111-8111-111111111111"
  }
  people = {
    domain      = { name = "evidence.interior.example", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/33333333-3333-4333-8333-333333333333" }
    waf_acl_arn = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/lv-interior/11111111-1111-4111-8111-111111111111"
  }
}

# Fill in what `vienreiz keys import` prints; until then leave keys out, and secrets too. RSA is
# imported twice, as a KMS key has one usage. What KMS cannot hold stays a secret, and the
# token of each registry is one.
keys = {
  sign    = ["arn:aws:kms:eu-central-1:123456789012:key/11111111-1111-4111-8111-111111111111"]
  decrypt = ["arn:aws:kms:eu-central-1:123456789012:key/22222222-2222-4222-8222-222222222222"]
}
secrets = { sign-in = "sign-in", tokens = "tokens", population = "registries" }

# Nobody can undo this, AWS included. Fill in the name once more to confirm it.
audit_lock             = "COMPLIANCE"
audit_lock_confirmed   = "lv-interior"
point_in_time_recovery = true

# Every queue is polled for its own function: none waits for another.
queues = "each"

alarms    = "all"
dashboard = true
log_days  = 365
budget    = { usd = 150, emails = ["money@interior.example"] } # fill in
