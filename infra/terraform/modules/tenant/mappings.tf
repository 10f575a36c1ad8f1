resource "aws_lambda_event_source_mapping" "queue" {
  for_each = local.on_queue

  event_source_arn        = aws_sqs_queue.queue[each.value.queue].arn
  function_name           = aws_lambda_function.function[each.key].arn
  batch_size              = each.value.batch
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = each.value.concurrency
  }
}
