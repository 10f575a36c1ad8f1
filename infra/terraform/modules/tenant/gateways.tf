module "gateway" {
  source   = "../gateway"
  for_each = local.gateways

  name         = "${var.name}-${each.key}"
  routes       = { for path, name in each.value.routes : path => { function = name, invoke_arn = aws_lambda_function.function[name].invoke_arn } }
  functions    = { for name in distinct(values(each.value.routes)) : name => aws_lambda_function.function[name].function_name }
  binary_types = distinct(concat(each.value.binary, var.more_binary_types))
  refusals     = each.value.refusals

  domain        = each.value.settings.domain
  allowed_cidrs = each.value.settings.allowed_cidrs
  waf_acl_arn   = each.value.settings.waf_acl_arn
  rate          = each.value.settings.rate
  burst         = each.value.settings.burst
  plans         = each.value.settings.plans

  access_log = var.access_log
  log_days   = var.log_days
  tracing    = var.tracing
}

locals {
  no_settings = { domain = null, allowed_cidrs = [], waf_acl_arn = null, rate = 50, burst = 100, plans = {} }

  gateways = { for g, entry in local.list.gateways : g => {
    binary   = entry.binary
    refusals = entry.refusals
    routes   = merge(local.routes[g], local.contract_routes[g])
    settings = merge(local.no_settings, try(var.gateways[g], {}))
  } if var.lane == null || g != "as4" }

  # Path → function.
  routes = { for g in keys(local.list.gateways) : g => merge([
    for name, f in local.on_gateway : { for path in f.paths : path => name } if f.gateway == g
  ]...) }

  # The paths of a contract lead where the greedy path above them leads; with
  # resources of their own, access log and metrics tell them apart.
  contract_routes = { for g, entry in local.list.gateways : g => {
    for path in try(keys(yamldecode(file("${dirname(local.list_file)}/${entry.contract}")).paths), []) :
    path => one(distinct([for above, name in local.routes[g] : name if above == path || endswith(above, "{proxy+}") && startswith(path, trimsuffix(above, "{proxy+}"))]))
  } }
}
