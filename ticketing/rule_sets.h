#pragma once
// ticketing/rule_sets.h: the redaction rules of each workspace, as numbered documents with their history, and which of
// them is in force. A document is checked before it is stored; what is in force is published after the commit, so that the
// rule book never works with what a crash would take back. Number 0 stands for the shipped rules alone.
// Every change is audited with its author and what it changed; inline samples of rules are not.
// Documents are stored as they were typed, sealed, but for the mark of rule_mark.h: a redacted sample would fail. One that
// holds a card number is refused (RuleBook::cards_in).
// What would change nothing makes no version. An inbox that was removed since takes no rule with it: a change that finds it
// in the rules in force, and a way back to an older version, are done, with a warning.
// Thread-safety: any executor; compiling runs on the pool.  Ownership: borrows everything; outlives its callers.
// Errors: auth::Errc::kForbidden; Errc::kConflict when another version is in force than the caller expected; kNotFound;
// kInvalid; those of the store. A document that is refused, or in conflict, is a value that says why.
// Limits: RuleSetLimits, pipeline::kRuleDocumentBytesMax.
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "auth/audit.h"
#include "core/offload.h"
#include "pipeline/api/redacted_message.h"
#include "pipeline/api/rule_book.h"
#include "storage/schema/rules.pb.h"
#include "ticketing/directory.h"
#include "ticketing/rule_difference.h"

namespace postern::ticketing {

struct RuleSetVersion {
  std::uint64_t number = 0;
  core::UserId author;  // 0: the operator on the machine itself
  std::int64_t created_unix_ms = 0;
  std::string note;
  std::uint64_t based_on = 0;  // in force when it was made
  std::size_t document_bytes = 0;
  bool is_active = false;
};

struct RuleSetList {
  std::uint64_t active = 0;
  std::optional<std::uint64_t> before;  // what a rollback leads to
  std::vector<RuleSetVersion> versions;  // newest first
};

// A change of rules: done, or refused with what is wrong.
struct RuleSetChange {
  std::optional<RuleSetVersion> version;  // stored or in force now; none: nothing was changed
  std::vector<pipeline::RuleProblem> problems;
  bool is_unchanged = false;                 // there was nothing to change: `version` is the one in force before and after
  std::optional<std::uint64_t> in_the_way;   // this version is in force, which the document was not made on top of
  std::vector<RuleDifference> differences;   // from the rules that were in force to these
  std::vector<std::string> warnings;         // sentences
  bool is_done() const { return version.has_value(); }
};

struct RuleSetDraft {
  std::string document;
  std::string note;                        // typed text: redacted
  std::optional<std::uint64_t> expected;   // the version that must be in force; none: the one of the document's mark
  bool is_activated = true;                // false: stored only, to be replayed or activated later
  bool must_name_version = false;          // … or else it is put in the place of no version but 0
  bool is_only_compared = false;           // nothing is stored: what would change?
};

struct RuleEdit {
  std::string note;
  std::optional<std::uint64_t> expected;
};

// Where a rule holds from now on.
struct RuleRollout {
  std::string rule;
  pipeline::RuleMode mode = pipeline::RuleMode::kOff;
  std::vector<std::string> inboxes;  // empty: everywhere
  pipeline::RuleMode elsewhere = pipeline::RuleMode::kShadow;
};

// What a workspace works with.
struct EffectiveRules {
  std::uint64_t version = 0;
  std::vector<pipeline::RuleSpec> rules;
  bool is_fallback = false;  // the version cannot be used any more: these are the shipped rules
};

struct RuleTextTrial {
  pipeline::TextTrial trial;
  std::vector<pipeline::RuleProblem> problems;  // of the document; then nothing was tried
};

class RuleSets {
 public:
  // Without a pool, rules are compiled on the caller's thread.
  RuleSets(storage::Store& store, storage::Vault& vault, const Directory& directory, core::IdSource& ids, core::Clock& clock,
           pipeline::RuleBook& book, const pipeline::TextRedactor& redactor, Options options, core::WorkPool* cpu = nullptr);

  // At start, before mail comes: puts to work what is in force in each workspace. A version that cannot be used any more
  // (the record is damaged) is told loudly, and its workspace has the shipped rules; an inbox that is gone is left out of it.
  core::Result<void> load_all();

  core::Result<RuleSetList> list(core::WorkspaceId workspace) const;
  core::Result<std::pair<RuleSetVersion, std::string>> get(core::WorkspaceId workspace, std::uint64_t number) const;
  std::shared_ptr<const EffectiveRules> effective(core::WorkspaceId workspace) const;
  core::Task<core::Result<std::vector<RuleDifference>>> difference(core::WorkspaceId workspace, std::uint64_t from, std::uint64_t to);
  // As the document would have to be to be stored; `is_stored`: it was good enough once.
  core::Task<core::Result<pipeline::CheckedRules>> check(core::WorkspaceId workspace, std::string document, bool is_stored = false);
  // `document`: nullopt: the one in force. The text is kept nowhere.
  core::Task<core::Result<RuleTextTrial>> try_text(core::WorkspaceId workspace, std::optional<std::string> document, std::string text,
                                                   pipeline::TextKind kind);

  core::Task<core::Result<RuleSetChange>> put_version(auth::Principal by, RuleSetDraft draft);
  core::Task<core::Result<RuleSetChange>> activate(auth::Principal by, std::uint64_t number, RuleEdit edit);
  // Undoes the last activation that was not undone yet.
  core::Task<core::Result<RuleSetChange>> rollback(auth::Principal by, RuleEdit edit);
  // One rule changed: a new version on top of the one in force.
  core::Task<core::Result<RuleSetChange>> put_rule(auth::Principal by, pipeline::RuleSpec rule, RuleEdit edit);
  core::Task<core::Result<RuleSetChange>> remove_rule(auth::Principal by, std::string id, RuleEdit edit);
  core::Task<core::Result<RuleSetChange>> rollout(auth::Principal by, RuleRollout where, RuleEdit edit);

  pipeline::RuleBook& book() const { return book_; }
  const RuleSetLimits& limits() const { return options_.rule_sets; }

 private:
  using Rules = std::vector<pipeline::RuleSpec>;
  struct Step {  // one attempt of a change, before its commit
    storage::Transaction transaction;
    schema::RuleSetIndex index;
  };
  core::Result<Step> begin(core::WorkspaceId workspace, const std::optional<std::uint64_t>& expected) const;
  core::Result<schema::RuleSetIndex> read_index(const storage::Snapshot& snapshot, core::WorkspaceId workspace) const;
  core::Result<std::string> read_document(const storage::Snapshot& snapshot, core::WorkspaceId workspace, std::uint64_t number) const;
  core::Result<void> save(Step& step, const auth::Principal& by, std::string_view action, std::uint64_t number,
                          const std::vector<RuleDifference>& differences) const;
  std::uint64_t add_version(Step& step, const auth::Principal& by, const RuleSetDraft& draft, const std::string& note) const;
  core::Result<bool> stops(const schema::RuleSetIndex& index, const RuleSetDraft& draft, RuleSetChange& out) const;
  std::vector<std::string> warnings_of(core::WorkspaceId workspace, const Rules& rules) const;
  void push_active(Step& step, std::uint64_t number) const;
  void drop_old(Step& step, core::WorkspaceId workspace, std::uint64_t kept) const;
  core::Task<core::Result<Rules>> rules_of(core::WorkspaceId workspace, std::uint64_t number);
  core::Task<core::Result<RuleSetChange>> move_to(auth::Principal by, std::uint64_t number, RuleEdit edit, bool is_rollback);
  core::Task<core::Result<RuleSetChange>> edit(auth::Principal by, RuleEdit edit, std::string default_note, std::string rule,
                                               std::function<core::Result<std::string>(std::string_view)> change);
  core::Task<core::Result<void>> publish(core::WorkspaceId workspace);
  core::Result<void> publish_stored(core::WorkspaceId workspace, EffectiveRules& now, pipeline::CheckedRules& checked);
  core::Result<void> publish_active(core::WorkspaceId workspace, bool may_fall_back);
  void set_effective(core::WorkspaceId workspace, EffectiveRules rules);
  std::vector<RuleDifference> compare(const Rules& before, const Rules& after) const;
  pipeline::RuleBook::InboxLookup lookup(core::WorkspaceId workspace) const;

  storage::Store& store_;
  storage::Vault& vault_;
  const Directory& directory_;
  core::IdSource& ids_;
  core::Clock& clock_;
  pipeline::RuleBook& book_;
  const pipeline::TextRedactor& redactor_;
  Options options_;
  core::WorkPool* cpu_;
  std::mutex publishing_;  // who comes last publishes what is committed then
  mutable std::mutex mutex_;
  std::map<core::WorkspaceId, std::shared_ptr<const EffectiveRules>> effective_;
};

}  // namespace postern::ticketing
