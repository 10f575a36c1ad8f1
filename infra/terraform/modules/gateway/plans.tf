# A plan and a key for each client. The key is for counting alone: who calls, the
# function judges by the token. So it may lie in the state.
resource "aws_api_gateway_usage_plan" "client" {
  for_each = var.plans

  name = "${var.name}-${each.key}"

  api_stages {
    api_id = aws_api_gateway_rest_api.api.id
    stage  = aws_api_gateway_stage.api.stage_name
  }

  throttle_settings {
    rate_limit  = each.value.rate
    burst_limit = each.value.burst
  }

  dynamic "quota_settings" {
    for_each = each.value.a_day == null ? [] : [each.value.a_day]
    content {
      limit  = quota_settings.value
      period = "DAY"
    }
  }
}

resource "aws_api_gateway_api_key" "client" {
  for_each = var.plans

  name        = "${var.name}-${each.key}"
  description = "By which calls of ${each.key} are counted"
}

resource "aws_api_gateway_usage_plan_key" "client" {
  for_each = var.plans

  usage_plan_id = aws_api_gateway_usage_plan.client[each.key].id
  key_id        = aws_api_gateway_api_key.client[each.key].id
  key_type      = "API_KEY"
}
