locals {
  # A key is for whom functions.yaml gives its use: everybody else knows the public
  # half from the certificate in the configuration.
  key_statements = { for name, f in local.listed : name => [
    for use in f.keys : { Effect = "Allow", Action = local.key_words[use], Resource = var.keys[use] } if length(try(var.keys[use], [])) > 0
  ] }

  readable = { for name, f in local.listed : name => [
    for secret, use in var.secrets : aws_secretsmanager_secret.secret[secret].arn if contains(concat(f.secrets, f.keys), use)
  ] }

  secret_statements = { for name, arns in local.readable : name => [
    for list in [arns] : { Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = list } if length(list) > 0
  ] }

  # Written by the operator: Terraform would have to know what is in it.
  parameter_statements = { for name, f in local.listed : name => [
    for list in [[for parameter, use in var.parameters : "arn:${local.partition}:ssm:${local.region}:${local.account}:parameter/${var.name}/${parameter}" if contains(f.keys, use)]] :
    { Effect = "Allow", Action = ["ssm:GetParameter"], Resource = list } if length(list) > 0
  ] }

  # The data key only through the services that hold the data.
  data_key_statements = { for name, f in local.listed : name => [{
    Effect    = "Allow"
    Action    = concat(["kms:Decrypt"], anytrue([for words in values(f.buckets) : contains(words, "put")]) ? ["kms:GenerateDataKey"] : [])
    Resource  = aws_kms_key.data.arn
    Condition = { StringEquals = { "kms:ViaService" = [for s in concat(["s3", "dynamodb", "secretsmanager"], length(var.parameters) > 0 ? ["ssm"] : []) : "${s}.${local.region}.amazonaws.com"] } }
  }] }
}
