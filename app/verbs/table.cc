#include "app/verbs/make.h"
#include "app/verbs/rules_help.h"

namespace postern::app {

namespace {

// The machine, its mail and its rules.
std::vector<VerbRow> machine_verbs() {
  return {
      {"init", "set up a data folder: configuration, keys, certificate, first owner",
       "Example: postern init --data /var/lib/postern --domain example.com --owner you@example.com\n"
       "Prints the owner's one-time enrolment link. An existing configuration is never overwritten.",
       make_init_verb},
      {"serve", "run the gateway", "SIGHUP reads certificates, DKIM keys and the log level again, all or nothing, and warns about other changes, which wait\n"
       "for a restart. SIGTERM lets running sessions finish, then stops.",
       make_serve_verb},
      {"check", "validate a configuration and redaction rules; all errors at once, with file and line", "Exits 1 when anything is wrong.", make_check_verb},
      {"scan", "run messages through the pipeline without storing them",
       "PATH is an .eml file, an mbox or a folder. One line (with --json one object) a message.\n"
       "Example: postern scan --client-ip 192.0.2.1 --mail-from bob@example.org --rcpt support@example.com mail.eml",
       make_scan_verb},
      {"redact", "a message on standard input, the redacted message on standard output",
       "The report goes to standard error. With PATH and --out: files instead, the report on standard output.\n"
       "Example: postern redact --rules rules.toml --rcpt support@example.com < mail.eml", make_redact_verb},
      {"rules", "redaction rules: test, try, replay, publish, roll out, roll back",
       "test [FILE…]: the inline tests; with --text, what would be found in a text.  list, show ID: the rules of --file, of the\n"
       "server (--config), or the shipped ones.  replay FILE PATH…: what the rules find in mail files, or with --stored in the\n"
       "store; beside other rules with --against, --active or --shipped.\n"
       "history, document [N], publish FILE, activate N, rollback, difference A B, stats, feedback, rollout ID --mode MODE\n"
       "[--inbox ADDRESS]…: the rule sets of a workspace, beside a running server, at once, audited. publish refuses a file that\n"
       "was not made on top of the active version: document says so in the file, --on-top-of beside it. validators: their names.\n"
       "Examples: postern rules replay rules.toml --active --stored --days 7 --config FILE\n"
       "          postern rules rollout iban --mode enforce --inbox billing@example.com --config FILE\n"
       "Each action explains itself: postern rules publish --help",
       make_rules_verb, rules_actions},
      {"dns", "the exact DNS records to publish for a domain, and a live check of each", "MX, addresses and PTR, SPF with its look-ups, DKIM, DMARC, MTA-STS, TLS reporting, DANE: the state of each in a sentence,\n"
       "the text to paste where something is wrong, and whether a reply will pass DMARC.\n"
       "Exits 1 when a required record is missing or different, or DNS did not answer for it.",
       make_dns_verb},
      {"dkim", "signing keys of a domain: list, new, rotate, retire",
       "rotate makes the next keys. They sign once the running server has seen their records in DNS for an hour; the keys\n"
       "before then sign no more, and their records may go a week later. list says what to publish and what comes next.\n"
       "The server begins a rotation by itself when keys grow old. Examples: postern dkim list example.com --live,\n"
       "postern dkim rotate example.com --now when a key was stolen.",
       make_dkim_verb},
  };
}

// What is in the store.
std::vector<VerbRow> store_verbs() {
  return {
      {"user", "accounts: list, invite, reset, reset-2fa, unlock, inboxes, import-hash, disable, enable",
       "Beside a running server too. Every change is audited. inboxes EMAIL all | none | ADDRESS…: where an agent works.", make_user_verb},
      {"workspace", "workspaces: list, a sample to look around in, wipe", "wipe NAME --confirm NAME shreds its keys: nothing of it can be read again, but in backups.", make_workspace_verb},
      {"network", "from which networks people sign in: show, allow-all", "allow-all: the way back in for those whose own rules shut them out.", make_network_verb},
      {"token", "API tokens: list, new, revoke", "A token acts as its user. It is shown once.", make_token_verb},
      {"queue", "outgoing mail: list, retry, hold, release, drop", "Works beside a running server. An entry that is being delivered cannot be changed meanwhile.",
       make_queue_verb},
      {"block", "networks that get no connection: list, add, remove, test",
       "list shows what was added, also by the server itself after too many errors. add takes --reason and --for (2h, 7d).\n"
       "What is added holds for mail and the web; what the server blocks by itself, for mail. remove lifts either. Senders are told\n"
       "the reason. Works beside a running server; audited. SIGHUP reads blocked_networks and block_feeds of [smtp] and [web] again.\n"
       "Example: postern block add 192.0.2.0/24 --for 7d --reason \"floods of junk\" --config FILE",
       make_block_verb},
      {"reports", "DMARC and TLS reports to other domains, which their owners asked for: list, show",
       "list tells what was counted of which domain on which day, and what became of it; show prints the report as XML\n"
       "(with --tls as JSON), also of a day that is not over yet. Example: postern reports show example.com --day 2026-11-21 --config FILE\n"
       "Works beside a running server. Reports leave by themselves after midnight UTC.",
       make_reports_verb},
      {"suspended", "mail held back from the tickets: list, show, recover, delete",
       "recover makes the ticket after all, as if the message had just arrived; delete is for good. Both are in the audit log.\n"
       "Works beside a running server. An id is of the form 06y54ehs80400-1: the trace's id and the inbox.",
       make_suspended_verb},
      {"import", "mail of an archive, or what another helpdesk exported: mbox, maildir, eml, zendesk",
       "Everything goes through the same redaction as mail that arrives; dates and conversations stay as they were. Nothing is\n"
       "mailed and no trigger runs; tickets get the tag imported. What is here already is passed over, so that an import may be\n"
       "repeated, and with --resume goes on where it was killed. Works beside a running server, which reads the path itself.\n"
       "Example: postern import mbox archive.mbox --inbox support@example.com --dry-run --config FILE",
       make_import_verb},
      {"export", "everything of a workspace in files: JSON Lines, mbox, attachments",
       "Redacted, as it is stored; deleted tickets are left out. A manifest tells counts, digests and the numbers of the change feed.\n"
       "What was exported can be imported: tickets.jsonl and its neighbours as zendesk, mail.mbox as mbox. With --resume a killed\n"
       "export goes on. Works beside a running server, which writes the folder itself.\n"
       "Example: postern export --out /var/lib/postern/export --config FILE",
       make_export_verb},
      {"audit", "who did what: list, export, verify",
       "list and export take filters. export writes JSON Lines, which verify --export proves without the store, or CSV.\n"
       "verify follows the chain of hashes through the store (beside a running server the server does it), tells the first\n"
       "broken place and prints the head; keep it elsewhere and give it as --anchor the next time: only that finds a chain\n"
       "that was made anew, or an old copy of the store. Exits 1 when anything is wrong.\n"
       "Example: postern audit list --action 'sign_in*' --from 2026-11-22 --config FILE",
       make_audit_verb},
      {"trace", "one message from first byte to last action, without content", "The id stands in the 250 reply and in the Received field. What was refused: trace --refused --from ann@customer.example", make_trace_verb},
  };
}

}  // namespace

const std::vector<VerbRow>& verbs() {
  static const std::vector<VerbRow> rows = [] {
    std::vector<VerbRow> all = machine_verbs();
    const std::vector<VerbRow> more = store_verbs();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return rows;
}

}  // namespace postern::app
