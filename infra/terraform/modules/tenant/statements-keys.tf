locals {
  all_keys = distinct(flatten(values(var.keys)))

  # Who reads the configuration opens every key in it, for its public half.
  key_statements = { for name, f in local.functions : name => concat(
    f.configuration && length(local.all_keys) > 0 ? [{ Effect = "Allow", Action = ["kms:GetPublicKey"], Resource = local.all_keys }] : [],
    [for use in f.keys : { Effect = "Allow", Action = local.key_words[use], Resource = var.keys[use] } if length(try(var.keys[use], [])) > 0],
  ) }

  # A secret has no public half: where keys are in Secrets Manager, whoever reads
  # the configuration reads them. Keys in KMS are used by those alone who must.
  readable = { for name, f in local.functions : name => [
    for secret, use in var.secrets : aws_secretsmanager_secret.secret[secret].arn
    if contains(f.secrets, use) || f.configuration && contains(local.key_uses, use)
  ] }

  secret_statements = { for name, arns in local.readable : name => [
    for list in [arns] : { Effect = "Allow", Action = ["secretsmanager:GetSecretValue"], Resource = list } if length(list) > 0
  ] }

  # The data key only through the services that hold the data.
  data_key_statements = { for name, f in local.functions : name => [{
    Effect    = "Allow"
    Action    = concat(["kms:Decrypt"], anytrue([for words in values(f.buckets) : contains(words, "put")]) ? ["kms:GenerateDataKey"] : [])
    Resource  = aws_kms_key.data.arn
    Condition = { StringEquals = { "kms:ViaService" = [for s in ["s3", "dynamodb", "secretsmanager"] : "${s}.${local.region}.amazonaws.com"] } }
  }] }
}
