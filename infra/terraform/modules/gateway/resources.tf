# A path is a chain of resources, and a resource cannot refer to others of its
# own block: so there is a block for each level.
locals {
  nodes = distinct(flatten([for path in keys(var.routes) : [
    for n in range(1, length(local.segments[path]) + 1) : join("/", slice(local.segments[path], 0, n))
  ]]))

  segments = { for path in keys(var.routes) : path => split("/", trimprefix(path, "/")) }

  at = { for level in range(1, 7) : level => toset([for node in local.nodes : node if length(split("/", node)) == level]) }

  resources = merge(
    { for node, r in aws_api_gateway_resource.level1 : node => r.id },
    { for node, r in aws_api_gateway_resource.level2 : node => r.id },
    { for node, r in aws_api_gateway_resource.level3 : node => r.id },
    { for node, r in aws_api_gateway_resource.level4 : node => r.id },
    { for node, r in aws_api_gateway_resource.level5 : node => r.id },
    { for node, r in aws_api_gateway_resource.level6 : node => r.id },
  )
}

resource "aws_api_gateway_resource" "level1" {
  for_each = local.at[1]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_rest_api.api.root_resource_id
  path_part   = each.value
}

resource "aws_api_gateway_resource" "level2" {
  for_each = local.at[2]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.level1[dirname(each.value)].id
  path_part   = basename(each.value)
}

resource "aws_api_gateway_resource" "level3" {
  for_each = local.at[3]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.level2[dirname(each.value)].id
  path_part   = basename(each.value)
}

resource "aws_api_gateway_resource" "level4" {
  for_each = local.at[4]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.level3[dirname(each.value)].id
  path_part   = basename(each.value)
}

resource "aws_api_gateway_resource" "level5" {
  for_each = local.at[5]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.level4[dirname(each.value)].id
  path_part   = basename(each.value)
}

resource "aws_api_gateway_resource" "level6" {
  for_each = local.at[6]

  rest_api_id = aws_api_gateway_rest_api.api.id
  parent_id   = aws_api_gateway_resource.level5[dirname(each.value)].id
  path_part   = basename(each.value)
}
