resource "aws_cloudwatch_dashboard" "tenant" {
  count = var.dashboard ? 1 : 0

  dashboard_name = var.name
  dashboard_body = jsonencode({ widgets = concat(
    [for i, w in local.widgets : {
      type   = "metric"
      x      = i % 2 * 12
      y      = floor(i / 2) * 6
      width  = 12
      height = 6
      properties = {
        title   = w.title
        region  = local.region
        view    = "timeSeries"
        stat    = w.stat
        period  = 60
        metrics = w.metrics
      }
    }],
    [{
      type   = "log"
      x      = 0
      y      = ceil(length(local.widgets) / 2) * 6
      width  = 24
      height = 6
      properties = {
        title  = "Served, against 98 %"
        region = local.region
        view   = "table"
        query  = "SOURCE '${aws_cloudwatch_log_group.function["exchange"].name}' | ${local.query}"
      }
    }],
  ) })
}

locals {
  # The computation that vienreiz slo makes, too.
  query = trimspace(file("${path.module}/../../../../shared/availability/query.txt"))

  widgets = [
    { title = "Waiting in queues", stat = "Maximum", metrics = [for q in aws_sqs_queue.queue : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", q.name]] },
    { title = "Dead letters", stat = "Maximum", metrics = [for q in aws_sqs_queue.dead : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", q.name]] },
    { title = "Age of the oldest item (s)", stat = "Maximum", metrics = [for q in aws_sqs_queue.queue : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", q.name]] },
    { title = "Calls of functions", stat = "Sum", metrics = [for f in aws_lambda_function.function : ["AWS/Lambda", "Invocations", "FunctionName", f.function_name]] },
    { title = "Errors of functions", stat = "Sum", metrics = [for f in aws_lambda_function.function : ["AWS/Lambda", "Errors", "FunctionName", f.function_name]] },
    { title = "Duration of functions (ms, p95)", stat = "p95", metrics = [for f in aws_lambda_function.function : ["AWS/Lambda", "Duration", "FunctionName", f.function_name]] },
    { title = "Calls of gateways", stat = "Sum", metrics = [for g in module.gateway : ["AWS/ApiGateway", "Count", "ApiName", g.api_name, "Stage", g.stage]] },
    { title = "5xx of gateways", stat = "Sum", metrics = [for g in module.gateway : ["AWS/ApiGateway", "5XXError", "ApiName", g.api_name, "Stage", g.stage]] },
    { title = "Days until the first certificate ends", stat = "Minimum", metrics = [["Vienreiz", "CertificateDaysLeft", "tenant", var.name]] },
    { title = "Exchanges that tell of us, and those served", stat = "Sum", metrics = [for m in ["ExchangesCounted", "ExchangesSucceeded"] : ["Vienreiz", m, "tenant", var.name]] },
    { title = "Exchanges by their end", stat = "Sum", metrics = [[{ id = "ended", expression = "SEARCH('{Vienreiz,tenant,role,state,code} MetricName=\"ExchangesEnded\" tenant=\"${var.name}\"', 'Sum', 300)" }]] },
    { title = "Pushes by their outcome", stat = "Sum", metrics = [[{ id = "pushes", expression = "SEARCH('{Vienreiz,tenant,outcome} MetricName=\"Pushes\" tenant=\"${var.name}\"', 'Sum', 300)" }]] },
    { title = "Calls of registries", stat = "Sum", metrics = [[{ id = "registries", expression = "SEARCH('{Vienreiz,tenant,registry,result} MetricName=\"RegistryCalls\" tenant=\"${var.name}\"', 'Sum', 300)" }]] },
    { title = "Calls that failed by our own fault", stat = "Sum", metrics = [["Vienreiz", "Failures", "tenant", var.name]] },
    { title = "Age of work that reaches no queue (s)", stat = "Maximum", metrics = [["Vienreiz", "OutboxAge", "tenant", var.name]] },
  ]
}
