resource "aws_cloudwatch_event_rule" "schedule" {
  for_each = local.on_schedule

  name                = "${var.name}-${each.key}"
  description         = "Wakes ${each.key} of ${var.name}"
  schedule_expression = each.value.schedule
}

resource "aws_cloudwatch_event_target" "schedule" {
  for_each = local.on_schedule

  rule = aws_cloudwatch_event_rule.schedule[each.key].name
  arn  = aws_lambda_function.function[each.key].arn
}

resource "aws_lambda_permission" "schedule" {
  for_each = local.on_schedule

  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.function[each.key].function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.schedule[each.key].arn
}

# The next round is better than the last one once more.
resource "aws_lambda_function_event_invoke_config" "schedule" {
  for_each = local.on_schedule

  function_name                = aws_lambda_function.function[each.key].function_name
  maximum_retry_attempts       = 0
  maximum_event_age_in_seconds = 60
}
