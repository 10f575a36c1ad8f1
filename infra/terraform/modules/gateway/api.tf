# A REST API (v1): it knows mutual TLS, AWS WAF and resource policies.
resource "aws_api_gateway_rest_api" "api" {
  name                         = var.name
  binary_media_types           = var.binary_types
  disable_execute_api_endpoint = var.domain != null

  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

# Only who is listed may call; everybody where nobody is listed.
resource "aws_api_gateway_rest_api_policy" "callers" {
  count = length(var.allowed_cidrs) > 0 ? 1 : 0

  rest_api_id = aws_api_gateway_rest_api.api.id
  policy      = jsonencode(local.callers)
}

locals {
  callers = {
    Version = "2012-10-17"
    Statement = [{
      Sid       = "ListedNetworks"
      Effect    = "Allow"
      Principal = "*"
      Action    = "execute-api:Invoke"
      Resource  = "${aws_api_gateway_rest_api.api.execution_arn}/*"
      Condition = { IpAddress = { "aws:SourceIp" = var.allowed_cidrs } }
    }]
  }
}
