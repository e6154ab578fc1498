// The pages of `postern rules ACTION --help`: purpose, what is counted in which unit, exit codes, an example.
#include "app/verbs/rules_help.h"

namespace postern::app {
namespace {

constexpr std::string_view kStored = "Works beside a running server, which takes it up at once, and without one.";

// With files alone.
const std::vector<ActionHelp> kBench{
    {"test", "[FILE…] [--text TEXT [--kind KIND]]",
     "Runs the samples that rules carry (matches, ignores): what must be found is, what must be left is. Without FILE: the shipped rules.\n"
     "With --text (-: standard input, 4 MiB at most) it shows instead what the rules find in that text and what would be stored of it;\n"
     "--kind says what the text is: header, body (default), attachment, filename or typed.\n"
     "Exits 1 when a sample fails or a file has a mistake, each told as FILE:LINE. Nothing is stored.",
     "postern rules test rules.toml --text 'my contract CT-12345678'"},
    {"list", "[--file FILE | --config FILE [--workspace NAME]]",
     "Every rule with its mode, on one line: those of a file, those in force on the server, or without either the shipped ones.\n"
     "Exits 1 when the file has a mistake, told as FILE:LINE.",
     "postern rules list --config FILE"},
    {"show", "ID [--file FILE | --config FILE [--workspace NAME]]",
     "One rule whole, as TOML that a file can take over, with what it catches and misses. Exits 1 when there is no such rule.", "postern rules show iban"},
    {"validators", "", "The checks that a rule may name (validator = \"luhn\") and the detectors that may stand in the place of patterns.", "postern rules validators"},
    {"replay", "FILE PATH…  |  FILE --stored [--days DAYS] [--max MESSAGES]",
     "What the rules of FILE find in mail files, mboxes and folders, or with --stored in the mail of the last DAYS (default 30), the newest\n"
     "MESSAGES at most (default 10000). Counts messages and findings by rule, never a value. Beside it, in the same run: --against FILE,\n"
     "--active (the rules in force) or --shipped. Nothing is changed. Exits 1 when a file of rules has a mistake (FILE:LINE) or a path\n"
     "cannot be read. Values that were hidden when the mail came cannot be found in it again.",
     "postern rules replay rules.toml --active --stored --days 7 --config FILE"},
};

// Of a workspace.
const std::vector<ActionHelp> kSets{
    {"history", "[--workspace NAME]", "The versions that are kept, newest first: number, when, who, note, and which one is in force.", "postern rules history --config FILE"},
    {"document", "[VERSION]",
     "The rules in force, or those of a version, as the TOML that was published. Its first line, '# on top of version N', lets publish see\n"
     "whether somebody else has changed the rules meanwhile.",
     "postern rules document --config FILE > rules.toml"},
    {"publish", "FILE [--note TEXT] [--on-top-of VERSION] [--dry-run]",
     "Puts a file of rules in force, as a new version: checked, stored, audited, for mail that comes from then on. --dry-run only shows what\n"
     "would change. Exits 1 and changes nothing when the file has a mistake (FILE:LINE), holds a card number, or was not made on top of the\n"
     "version in force.",
     "postern rules publish rules.toml --note 'contract numbers' --config FILE"},
    {"rollout", "ID --mode off|shadow|enforce [--inbox ADDRESS]… [--elsewhere MODE]",
     "Changes how far one rule goes: off, shadow (counted only) or enforce, everywhere or with --inbox in these inboxes; in the others it is\n"
     "then in shadow unless --elsewhere says otherwise. Makes a version. Exits 1 when there is no such rule, inbox or way to weaken it.",
     "postern rules rollout iban --mode enforce --inbox billing@example.com --config FILE"},
    {"rollback", "[--workspace NAME]", "Back to the version before the one in force, in one step; a second time one further. Exits 1 when there is none.",
     "postern rules rollback --config FILE"},
    {"activate", "VERSION", "Puts a kept version in force again, whichever it is. Exits 1 when it is not kept any more.", "postern rules activate 4 --config FILE"},
    {"difference", "VERSION VERSION", "What changed from the one version to the other, rule by rule.", "postern rules difference 4 5 --config FILE"},
    {"stats", "[--days DAYS]",
     "What rules found in live traffic of the last DAYS (default 30): messages and findings by rule, hidden and in shadow, hit rate as a share\n"
     "of the messages, and how many agents called wrong. Never a value.",
     "postern rules stats --days 7 --config FILE"},
    {"feedback", "[--max MARKS]", "Redactions that agents called wrong, newest first, MARKS at most (default 1000): rule, place, ticket and who. What was hidden stays hidden.",
     "postern rules feedback --config FILE"},
};

std::vector<ActionHelp> all() {
  std::vector<ActionHelp> out = kBench;
  for (ActionHelp each : kSets) {
    each.needs_config = true;
    each.text.append("\n").append(kStored);
    out.push_back(std::move(each));
  }
  return out;
}

}  // namespace

const std::vector<ActionHelp>& rules_actions() {
  static const std::vector<ActionHelp> made = all();
  return made;
}

}  // namespace postern::app
