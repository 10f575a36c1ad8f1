output "api_id" {
  description = "Id of the REST API."
  value       = aws_api_gateway_rest_api.api.id
}

output "api_name" {
  description = "Its name, by which metrics call it."
  value       = aws_api_gateway_rest_api.api.name
}

output "stage" {
  description = "Its stage."
  value       = aws_api_gateway_stage.api.stage_name
}

output "url" {
  description = "Its base, without the last slash."
  value       = var.domain == null ? aws_api_gateway_stage.api.invoke_url : "https://${var.domain.name}"
}

output "dns" {
  description = "What the DNS alias of its own name points to; null without one."
  value       = one([for d in aws_api_gateway_domain_name.own : { name = d.regional_domain_name, zone = d.regional_zone_id }])
}

output "keys" {
  description = "API key of each client that has a plan."
  value       = { for client, key in aws_api_gateway_api_key.client : client => key.value }
  sensitive   = true
}
