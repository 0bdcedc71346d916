#!/bin/bash
# Prints the login as the value of a property, for nodes and for those who ask them.
set -euo pipefail

quoted() { # TEXT as it stands between quotes, in a file of properties
  local text=${1//\\/\\\\}
  text=${text//\"/\\\"}
  printf '%s' "${text//\\/\\\\}"
}

password=$(quoted "$SASL_PASSWORD")
echo "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"$SASL_USERNAME\" password=\"$password\" user_$SASL_USERNAME=\"$password\";"
