output "as4_endpoint" {
  description = "Register it with the partners and in the tenant document (address.as4)."
  value       = module.tenant.as4_endpoint
}

output "api_base" {
  description = "Give it to the procedure portals; address.api of the tenant document."
  value       = module.tenant.api_base
}

output "people_base" {
  description = "Register it at the national eIDAS node (its metadata is below it, at /sign-in/metadata); address.people of the tenant document."
  value       = module.tenant.people_base
}

output "gateways" {
  description = "Of each gateway: id and stage of its REST API (none for a lane), its URL, and for a name of its own what a DNS alias points to."
  value       = module.tenant.gateways
}

output "buckets" {
  description = "Names of the buckets. Tenant document, partner document and certificates go to configuration."
  value       = module.tenant.buckets
}

output "table" {
  description = "Name of the table."
  value       = module.tenant.table
}

output "queues" {
  description = "URL of each queue and of its dead letters."
  value       = module.tenant.queues
}

output "functions" {
  description = "Names of the functions in AWS Lambda."
  value       = module.tenant.functions
}

output "secrets" {
  description = "Names of the secrets to be written; the tenant document calls each secret:NAME."
  value       = module.tenant.secrets
}

output "data_key" {
  description = "ARN of the key of the data at rest."
  value       = module.tenant.data_key
}

output "alarm_topic" {
  description = "ARN of the topic that alarms are published to; null without alarms."
  value       = module.tenant.alarm_topic
}

output "fixed_addresses" {
  description = "By zone, null where there are none. sending: where our calls come from; give them to partners, to whom runs the directory, and to registries. receiving: of as4_endpoint."
  value       = module.tenant.fixed_addresses
}

output "lane" {
  description = "Names of the streaming lane's cluster, service and log group; null without a lane."
  value       = module.tenant.lane
}

output "image_repository" {
  description = "Where the lane's image is pushed to; null without a repository."
  value       = module.tenant.image_repository
}

output "api_keys" {
  description = "API key of each portal that has a plan; it sends it in the header x-api-key."
  value       = module.tenant.api_keys
  sensitive   = true
}
