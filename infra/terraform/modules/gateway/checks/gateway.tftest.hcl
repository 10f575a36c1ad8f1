mock_provider "aws" {
  source = "../tenant/checks/mocks"
}

variables {
  name = "lv-test-api"
  routes = {
    "/v1/{proxy+}"                        = { function = "portal", invoke_arn = "arn:aws:lambda:p" }
    "/v1/requests/{id}/evidence/{number}" = { function = "portal", invoke_arn = "arn:aws:lambda:p" }
    "/oauth2/token"                       = { function = "portal", invoke_arn = "arn:aws:lambda:p" }
  }
  functions     = { portal = "lv-test-portal" }
  binary_types  = ["*/*"]
  refusals      = "problem"
  domain        = null
  allowed_cidrs = []
  waf_acl_arn   = null
  rate          = 50
  burst         = 100
  plans         = {}
  access_log    = true
  log_days      = 90
  tracing       = false
}

run "every_path_leads_to_its_function" {
  command = apply

  assert {
    condition     = toset(keys(aws_api_gateway_integration.any)) == toset(keys(var.routes)) && alltrue([for i in aws_api_gateway_integration.any : i.type == "AWS_PROXY" && i.http_method == "ANY"])
    error_message = "A path leads nowhere."
  }
  assert {
    condition     = length(local.resources) == 8
    error_message = "oauth2, oauth2/token, v1, v1/{proxy+} and four below v1/requests."
  }
}

run "neither_path_nor_query_is_logged" {
  command = apply

  assert {
    condition     = !can(regex("context\\.(path|requestOverride|identity|authorizer)|querystring", aws_api_gateway_stage.api.access_log_settings[0].format)) && strcontains(aws_api_gateway_stage.api.access_log_settings[0].format, "$context.resourcePath")
    error_message = "Paths and queries carry tokens, addresses are personal: the access log has the route's pattern."
  }
  assert {
    condition     = aws_api_gateway_method_settings.all.settings[0].logging_level == "OFF" && !aws_api_gateway_method_settings.all.settings[0].data_trace_enabled
    error_message = "The execution log holds bodies."
  }
}

run "refusals_name_the_limit" {
  command = apply

  assert {
    condition     = alltrue([for kind in ["REQUEST_TOO_LARGE", "DEFAULT_5XX"] : strcontains(aws_api_gateway_gateway_response.refusal[kind].response_templates["application/json"], "4.4 MB")])
    error_message = "Who sent too much is not told how much is taken."
  }
  assert {
    condition     = alltrue([for r in aws_api_gateway_gateway_response.refusal : can(jsondecode(r.response_templates["application/json"]).title)])
    error_message = "A refusal of the API is a problem."
  }
}

run "a_name_of_its_own_closes_the_default_endpoint" {
  command = apply
  variables {
    domain = { name = "api.example", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/1", truststore_uri = "s3://trust/portals.pem" }
  }

  assert {
    condition     = aws_api_gateway_rest_api.api.disable_execute_api_endpoint && output.url == "https://api.example"
    error_message = "The default endpoint goes around mutual TLS."
  }
  assert {
    condition     = aws_api_gateway_domain_name.own[0].mutual_tls_authentication[0].truststore_uri == "s3://trust/portals.pem" && aws_api_gateway_domain_name.own[0].security_policy == "TLS_1_2"
    error_message = "Mutual TLS, from TLS 1.2."
  }
}

run "listed_networks_alone" {
  command = apply
  variables {
    allowed_cidrs = ["192.0.2.0/24"]
    refusals      = "text"
    waf_acl_arn   = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/a/b"
  }

  assert {
    condition     = jsondecode(aws_api_gateway_rest_api_policy.callers[0].policy).Statement[0].Condition.IpAddress["aws:SourceIp"] == ["192.0.2.0/24"]
    error_message = "Others may call too."
  }
  assert {
    condition     = length(aws_wafv2_web_acl_association.stage) == 1
    error_message = "The web ACL stands before nothing."
  }
}

run "everybody_where_nobody_is_listed" {
  command = apply

  assert {
    condition     = length(aws_api_gateway_rest_api_policy.callers) == 0 && length(aws_wafv2_web_acl_association.stage) == 0 && !aws_api_gateway_rest_api.api.disable_execute_api_endpoint
    error_message = "A gateway without settings is open."
  }
}

run "a_portal_calls_by_its_plan" {
  command = apply
  variables {
    plans = { portal-a = { rate = 5, burst = 10, a_day = 2000 }, portal-b = { rate = 50, burst = 100 } }
  }

  assert {
    condition     = alltrue([for m in aws_api_gateway_method.any : m.api_key_required])
    error_message = "Somebody calls without a key, and is not counted."
  }
  assert {
    condition     = aws_api_gateway_usage_plan.client["portal-a"].quota_settings[0].limit == 2000 && aws_api_gateway_usage_plan.client["portal-a"].throttle_settings[0].rate_limit == 5 && length(aws_api_gateway_usage_plan.client["portal-b"].quota_settings) == 0
    error_message = "A plan is not what was written."
  }
  assert {
    condition     = toset(keys(output.keys)) == toset(["portal-a", "portal-b"]) && contains(keys(aws_api_gateway_gateway_response.refusal), "QUOTA_EXCEEDED")
    error_message = "Each client has a key, and is told when its day is used up."
  }
}

run "without_plans_no_key_is_wanted" {
  command = apply

  assert {
    condition     = alltrue([for m in aws_api_gateway_method.any : !m.api_key_required]) && length(aws_api_gateway_api_key.client) == 0
    error_message = "A key is wanted that nobody has."
  }
}
