mock_provider "aws" {
  source = "./checks/mocks"
}

variables {
  name = "lv-test"
  keys = {
    sign    = ["arn:aws:kms:eu-central-1:123456789012:key/sign"]
    decrypt = ["arn:aws:kms:eu-central-1:123456789012:key/decrypt"]
  }
  secrets = { sign-in = "sign-in", tokens = "tokens", population = "registries" }
}

run "only_who_must_signs_and_decrypts" {
  command = apply

  assert {
    condition = toset([for name, p in aws_iam_role_policy.function : name if contains(flatten([
      for s in jsondecode(p.policy).Statement : s.Action if contains(flatten([s.Resource]), "arn:aws:kms:eu-central-1:123456789012:key/sign")
    ]), "kms:Sign")]) == toset(["as4-receive", "as4-send"])
    error_message = "as4-receive signs receipts and as4-send messages; nobody else signs."
  }
  assert {
    condition = toset([for name, p in aws_iam_role_policy.function : name if contains(flatten([
      for s in jsondecode(p.policy).Statement : s.Action if contains(flatten([s.Resource]), "arn:aws:kms:eu-central-1:123456789012:key/decrypt")
    ]), "kms:Decrypt")]) == toset(["as4-receive"])
    error_message = "as4-receive alone decrypts messages."
  }
  assert {
    condition = toset([for name, p in aws_iam_role_policy.function : name if contains(flatten([
      for s in jsondecode(p.policy).Statement : s.Action
    ]), "kms:DeriveSharedSecret")]) == toset(["as4-receive"])
    error_message = "as4-receive alone agrees on the secrets of messages, with a key on P-256."
  }
}

run "a_key_is_for_those_alone_whose_entry_names_its_use" {
  command = apply

  variables {
    keys    = {}
    secrets = { sign = "sign", decrypt = "decrypt", sign-in = "sign-in", tokens = "tokens" }
  }

  assert {
    condition = { for name, p in aws_iam_role_policy.function : name => length(flatten([
      for s in jsondecode(p.policy).Statement : s.Resource if contains(flatten([s.Action]), "secretsmanager:GetSecretValue")
    ])) } == { as4-receive = 2, as4-send = 1, exchange = 0, resolve = 0, provide = 0, portal = 1, people = 1, clock = 0, health = 0 }
    error_message = "A role reads a secret that functions.yaml does not name under keys, or lacks one that it does."
  }
}

run "nobody_looks_at_a_key_without_using_it" {
  command = apply

  assert {
    condition = toset([for name, p in aws_iam_role_policy.function : name if contains(flatten([
      for s in jsondecode(p.policy).Statement : s.Action
    ]), "kms:GetPublicKey")]) == toset(["as4-receive", "as4-send"])
    error_message = "The public half of a key stands in its certificate; only who uses the key asks KMS for it."
  }
}

run "tokens_of_registries_are_for_those_who_call_them" {
  command = apply

  variables {
    secrets    = { residents = "registries" } # made in this run, so that its name is ours to say
    parameters = { sign-in = "sign-in", tokens = "tokens" }
  }

  override_resource {
    target = aws_secretsmanager_secret.secret
    values = { arn = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:residents" }
  }

  assert {
    condition = toset([for name, p in aws_iam_role_policy.function : name if contains(flatten([
      for s in jsondecode(p.policy).Statement : s.Resource
    ]), "arn:aws:secretsmanager:eu-central-1:123456789012:secret:residents")]) == toset(["provide", "people"])
    error_message = "provide and people call registries; nobody else needs their tokens."
  }
}

run "nothing_is_allowed_on_everything" {
  command = apply

  assert {
    condition     = alltrue(flatten([for p in aws_iam_role_policy.function : [for s in jsondecode(p.policy).Statement : length(flatten([s.Action])) > 0 && length(flatten([s.Resource])) > 0]]))
    error_message = "IAM refuses a statement that allows nothing, or on nothing."
  }

  assert {
    condition = alltrue(flatten([for p in aws_iam_role_policy.function : [
      for s in jsondecode(p.policy).Statement : s.Effect == "Allow" && !contains(flatten([s.Resource]), "*") && length([for a in flatten([s.Action]) : a if strcontains(a, "*")]) == 0
    ]]))
    error_message = "A role has a * as an action or as a resource."
  }
  assert {
    condition     = alltrue([for p in aws_iam_role_policy.function : length([for s in jsondecode(p.policy).Statement : s if contains(flatten([s.Action]), "s3:BypassGovernanceRetention")]) == 0])
    error_message = "No function breaks the journal's lock."
  }
  assert {
    condition     = toset([for name, p in aws_iam_role_policy.function : name if contains(flatten([for s in jsondecode(p.policy).Statement : s.Action]), "dynamodb:Query")]) == toset(["clock"])
    error_message = "The clock alone looks by time."
  }
  assert {
    condition     = length(distinct([for f in aws_lambda_function.function : f.function_name])) == length(aws_iam_role.function)
    error_message = "Each function has a role of its own."
  }
}

run "a_pilots_key_is_a_parameter_for_those_alone_who_use_it" {
  command = apply

  variables {
    keys       = {}
    secrets    = { sign-in = "sign-in", tokens = "tokens" }
    parameters = { as4 = "sign", as4-decrypt = "decrypt" }
  }

  assert {
    condition = { for name, p in aws_iam_role_policy.function : name => [for r in flatten([
      for s in jsondecode(p.policy).Statement : s.Resource if contains(flatten([s.Action]), "ssm:GetParameter")
    ]) : split("parameter", r)[1]] if strcontains(p.policy, "ssm:GetParameter") } == { as4-receive = ["/lv-test/as4", "/lv-test/as4-decrypt"], as4-send = ["/lv-test/as4"] }
    error_message = "A role reads a parameter that is not for its function, or lacks one."
  }
}
