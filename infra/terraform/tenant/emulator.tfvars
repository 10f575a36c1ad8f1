# A tenant on an emulator: see README.md.
name          = "emulated"
region        = "eu-central-1"
disposable    = true
bucket_suffix = "local"
architecture  = "x86_64"

# emulators have no account of API Gateway to log by, and no metrics for alarms
account_settings = false
access_log       = false
alarms           = "few"

more_binary_types = ["application/*", "image/*", "multipart/*", "text/*"]
