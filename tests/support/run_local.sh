#!/usr/bin/env bash
# ./dev run: Postern on unprivileged loopback ports with a store of its own under run/.
# Arguments go to `postern serve`. POSTERN_RUN names another folder.
set -euo pipefail
postern=build/release/postern
folder=${POSTERN_RUN:-run}
if [ ! -f "$folder/postern.toml" ]; then
  mkdir -p "$folder"
  "$postern" init --data "$folder" --domain desk.example --owner owner@desk.example --unprivileged --json >"$folder/first-run.json"
fi
link=$(sed -n 's/.*"enrolment_link":"\([^"]*\)".*/\1/p' "$folder/first-run.json")
cat <<TEXT

Postern runs in $(cd "$folder" && pwd)   (remove the folder to begin anew; Ctrl-C stops it)

  1. Set the first owner's password (once), in a browser that accepts the self-signed certificate:
       $link
     then sign in as owner@desk.example at https://localhost:8443/
  2. Send it a mail and watch it arrive:
       swaks --server localhost:2525 --tls --from you@example.org --to support@desk.example \\
             --header "Subject: Hello" --body "My card is 4111 1111 1111 1111"
  3. See what it did, without content: the 250 reply names an id
       $postern trace ID --config $folder/postern.toml
  4. Monitoring: http://localhost:9090/metrics  /healthz  /readyz
     Configuration, commented: $folder/postern.toml      All commands: $postern --help

TEXT
exec "$postern" serve --config "$folder/postern.toml" "$@"
