# Methods are the handler's matter, which refuses with a reason.
resource "aws_api_gateway_method" "any" {
  for_each = var.routes

  rest_api_id      = aws_api_gateway_rest_api.api.id
  resource_id      = local.resources[trimprefix(each.key, "/")]
  http_method      = "ANY"
  authorization    = "NONE"
  api_key_required = length(var.plans) > 0
}

resource "aws_api_gateway_integration" "any" {
  for_each = var.routes

  rest_api_id             = aws_api_gateway_rest_api.api.id
  resource_id             = aws_api_gateway_method.any[each.key].resource_id
  http_method             = aws_api_gateway_method.any[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = each.value.invoke_arn
  timeout_milliseconds    = 29000
}

resource "aws_lambda_permission" "api" {
  for_each = var.functions

  statement_id  = "api"
  action        = "lambda:InvokeFunction"
  function_name = each.value
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.api.execution_arn}/*/*"
}
