#pragma once
// app/redaction_desk.h: everything about redaction that acts on the store: rule sets with their history, counts of what rules
// find, marks of wrong findings, replays, removal by hand and the purge behind it. Wired once, for the server and for verbs
// that run without one.
// Thread-safety: start() and stop() by the owner; the services themselves from any executor.
// Ownership: borrows what Services owns, which must outlive it.
#include <boost/asio/any_io_executor.hpp>

#include "app/purge_task.h"
#include "conf/options.h"
#include "core/offload.h"
#include "pipeline/redaction/phrase_hider.h"
#include "ticketing/comment_redaction.h"
#include "ticketing/finding_feedback.h"
#include "ticketing/finding_ledger.h"
#include "ticketing/rule_bench.h"
#include "ticketing/rule_replay.h"
#include "ticketing/rule_sets.h"

namespace postern::app {

class RedactionDesk {
 public:
  struct Parts {
    const conf::GatewayOptions& options;
    storage::Store& store;
    storage::Vault& vault;
    const ticketing::Directory& directory;
    const ticketing::Tickets& tickets;
    const pipeline::TextRedactor& redactor;
    pipeline::RuleBook& book;
    const pipeline::TextExtractor* extractor;
    core::IdSource& ids;
    core::Clock& clock;
    core::WorkPool& cpu;
  };
  explicit RedactionDesk(const Parts& parts);

  // Puts every workspace's rules to work. Before mail comes.
  core::Result<void> load_rules() { return sets_.load_all(); }
  const ticketing::RuleBench& bench() const { return bench_; }
  ticketing::CommentRedactor& comments() { return comments_; }

  void start(boost::asio::any_io_executor executor);
  // After the last request that may start something.
  core::Task<void> stop(core::Deadline by);
  // After the store was closed: nothing else ends a purge that runs.
  core::Task<void> stop_purge(core::Deadline by) { return purge_.stop(by); }

 private:
  pipeline::PhraseHider hider_;
  ticketing::RuleSets sets_;
  ticketing::FindingLedger findings_;
  ticketing::FindingFeedback feedback_;
  ticketing::RuleReplays replays_;
  ticketing::RuleBench bench_;
  ticketing::CommentRedactor comments_;
  PurgeTask purge_;
};

}  // namespace postern::app
