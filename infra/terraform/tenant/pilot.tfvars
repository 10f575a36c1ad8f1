# A pilot: one ministry tries it out with one partner, for as little as AWS takes.
# Fill in what is marked; the rest is meant as it stands. Gateways answer by the names
# that AWS gives them, messages end at 6 MB, and our calls come from no fixed address.
#
#   terraform apply -var-file=pilot.tfvars -var zips=../../../build/zips/arm64

name   = "lv-pilot"     # fill in: cannot be changed later
region = "eu-central-1" # fill in: where the ministry's data may lie

alarm_emails = [] # fill in: whom alarms are sent to

# Dead letters of each queue, age of those that are polled, certificates, 98 %, and failures:
# within the ten alarms that AWS gives free. Other measurements are in the log only, as each
# would have its price.
alarms    = "few"
dashboard = false
log_days  = 30

# Private keys are SecureStrings of SSM, which cost nothing, written on day one under
# /NAME/sign and so on; KMS and Secrets Manager would cost for each. The token of a registry is a secret.
keys       = {}
parameters = { sign = "sign", decrypt = "decrypt", sign-in = "sign-in", tokens = "tokens" }
secrets    = {}

# The journal is locked for a day, and the table cannot be set back.
audit_lock             = "GOVERNANCE"
point_in_time_recovery = false

# Two queues are polled, not each: what the others would bring travels in these. A queue that is
# polled costs some 657 000 requests a month, of which the account has one million free.
queues = "few"

# A web ACL costs by the month; the gateways' own limits stay.
gateways = {
  as4    = { rate = 10, burst = 20 }
  api    = { rate = 10, burst = 20 }
  people = { rate = 10, burst = 20 }
}

# budget = { usd = 10, emails = ["money@ministry.example"] }
