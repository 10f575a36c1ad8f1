output "as4_endpoint" {
  description = "Register it with the partners and in the tenant document (address.as4)."
  value       = "${local.addresses["as4"].url}/as4"
}

output "api_base" {
  description = "Give it to the procedure portals; address.api of the tenant document."
  value       = local.addresses["api"].url
}

output "people_base" {
  description = "Register it at the national eIDAS node (its metadata is below it, at /sign-in/metadata); address.people of the tenant document."
  value       = local.addresses["people"].url
}

output "gateways" {
  description = "Of each gateway: id and stage of its REST API (none for a lane), its URL, and for a name of its own what a DNS alias points to."
  value       = local.addresses
}

output "fixed_addresses" {
  description = "By zone, null where there are none. sending: where our calls come from; give them to partners, to whom runs the directory, and to registries. receiving: of as4_endpoint."
  value = {
    sending   = one(module.network[*].addresses)
    receiving = one(module.lane[*].addresses)
  }
}

output "lane" {
  description = "Names of the streaming lane's cluster, service and log group; null without a lane."
  value       = one([for l in module.lane : { cluster = l.cluster, service = l.service, log = l.log }])
}

output "image_repository" {
  description = "Where the lane's image is pushed to; null without a repository."
  value       = one(aws_ecr_repository.node[*].repository_url)
}

output "buckets" {
  description = "Names of the buckets. Tenant document, partner document and certificates go to configuration."
  value       = { for name, b in aws_s3_bucket.bucket : name => b.bucket }
}

output "table" {
  description = "Name of the table."
  value       = aws_dynamodb_table.state.name
}

output "queues" {
  description = "By queue: url, to which its items are sent, and dead, its dead letters. With queues = \"few\" also, of those that travel in another: idle, its own URL, and function, who takes them."
  value       = local.places
}

output "functions" {
  description = "Names of the functions in AWS Lambda."
  value       = { for name, f in aws_lambda_function.function : name => f.function_name }
}

output "secrets" {
  description = "Names of the secrets to be written; the tenant document calls each secret:NAME."
  value       = { for name, s in aws_secretsmanager_secret.secret : name => s.name }
}

output "data_key" {
  description = "ARN of the key of the data at rest."
  value       = aws_kms_key.data.arn
}

output "alarm_topic" {
  description = "ARN of the topic that alarms are published to; null without alarms."
  value       = one(aws_sns_topic.alarms[*].arn)
}

locals {
  addresses = merge(
    { for name, g in module.gateway : name => { id = g.api_id, stage = g.stage, url = g.url, dns = g.dns } },
    { for l in module.lane : "as4" => { id = null, stage = null, url = "https://${local.as4.domain.name}", dns = l.dns } },
  )
}

output "api_keys" {
  description = "API key of each portal that has a plan; it sends it in the header x-api-key."
  value       = module.gateway["api"].keys
  sensitive   = true
}
