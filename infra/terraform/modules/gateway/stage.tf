resource "aws_api_gateway_deployment" "api" {
  rest_api_id = aws_api_gateway_rest_api.api.id

  # Of what is known when planning: attributes of integrations are not.
  triggers = {
    content = sha1(jsonencode([{ for path, r in var.routes : path => r.function }, var.binary_types, local.form, var.allowed_cidrs, var.domain, length(var.plans) > 0]))
  }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_api_gateway_integration.any, aws_api_gateway_gateway_response.refusal, aws_api_gateway_rest_api_policy.callers]
}

resource "aws_api_gateway_stage" "api" {
  rest_api_id          = aws_api_gateway_rest_api.api.id
  deployment_id        = aws_api_gateway_deployment.api.id
  stage_name           = "v1"
  xray_tracing_enabled = var.tracing

  # The pattern of the route, never the path or the query: those carry tokens.
  dynamic "access_log_settings" {
    for_each = aws_cloudwatch_log_group.access
    content {
      destination_arn = access_log_settings.value.arn
      format = jsonencode({
        requestId = "$context.requestId"
        time      = "$context.requestTimeEpoch"
        method    = "$context.httpMethod"
        route     = "$context.resourcePath"
        status    = "$context.status"
        octets    = "$context.responseLength"
        ms        = "$context.responseLatency"
        refusal   = "$context.error.responseType"
      })
    }
  }
}

resource "aws_cloudwatch_log_group" "access" {
  count = var.access_log ? 1 : 0

  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_days
}

# The gateway's execution log would hold bodies: it is off.
resource "aws_api_gateway_method_settings" "all" {
  rest_api_id = aws_api_gateway_rest_api.api.id
  stage_name  = aws_api_gateway_stage.api.stage_name
  method_path = "*/*"

  settings {
    logging_level          = "OFF"
    data_trace_enabled     = false
    metrics_enabled        = false
    throttling_rate_limit  = var.rate
    throttling_burst_limit = var.burst
  }
}

resource "aws_wafv2_web_acl_association" "stage" {
  count = var.waf_acl_arn == null ? 0 : 1

  resource_arn = aws_api_gateway_stage.api.arn
  web_acl_arn  = var.waf_acl_arn
}
