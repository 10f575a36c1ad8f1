variable "keys" {
  description = "ARNs of KMS keys by their use: sign, decrypt, sign-in, tokens. They are made outside, as private keys never pass through Terraform."
  type        = map(list(string))
  default     = {}
  nullable    = false
  validation {
    condition     = length(setsubtract(keys(var.keys), ["sign", "decrypt", "sign-in", "tokens"])) == 0
    error_message = "Keys are used to sign, decrypt, sign-in and tokens: write these names, such as { sign = [\"arn:aws:kms:…\"] }."
  }
  validation {
    condition     = alltrue([for arn in flatten(values(var.keys)) : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "Write the ARN of each KMS key, arn:aws:kms:REGION:ACCOUNT:key/ID; an alias or an id alone cannot be put into a role."
  }
}

variable "secrets" {
  description = "Secrets in Secrets Manager that are made empty, and whose use each is: sign, decrypt, sign-in and tokens hold a private key as PEM, registries a bearer token. Their values are written by the operator and never known to Terraform."
  type        = map(string)
  default     = { sign = "sign", decrypt = "decrypt", sign-in = "sign-in", tokens = "tokens" }
  nullable    = false
  validation {
    condition     = length(setsubtract(values(var.secrets), ["sign", "decrypt", "sign-in", "tokens", "registries"])) == 0
    error_message = "The use of a secret is sign, decrypt, sign-in, tokens or registries: write { NAME = \"registries\" } for the token of a registry."
  }
  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[a-z0-9][a-z0-9-]{0,40}$", name))])
    error_message = "Write the name of a secret as up to 41 lower-case letters, digits and hyphens."
  }
}

variable "parameters" {
  description = "For pilots, as they cost nothing: keys in SecureStrings of SSM that the operator writes under /NAME-OF-THE-TENANT/, and whose use each is: sign, decrypt, sign-in, tokens. Leave those uses out of secrets."
  type        = map(string)
  default     = {}
  nullable    = false
  validation {
    condition     = length(setsubtract(values(var.parameters), ["sign", "decrypt", "sign-in", "tokens"])) == 0
    error_message = "The use of a parameter is sign, decrypt, sign-in or tokens: write { NAME = \"sign\" }."
  }
  validation {
    condition     = alltrue([for name in keys(var.parameters) : can(regex("^[a-z0-9][a-z0-9-]{0,40}$", name))])
    error_message = "Write the name of a parameter as up to 41 lower-case letters, digits and hyphens, without the tenant's name."
  }
}
