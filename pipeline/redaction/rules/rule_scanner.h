#pragma once
// pipeline/redaction/rules/rule_scanner.h: the rules that apply to one message or one typed text: those of each workspace
// that it is for, in the modes of its inboxes. Where two recipients want different things the stricter wins: one message
// is stored for all.
// Thread-safety: const methods from any thread. Ownership: keeps its rule sets alive; findings refer to them; copies share
// what they have seen.
#include <atomic>
#include <memory>
#include <string_view>
#include <vector>

#include "pipeline/api/verdict.h"
#include "pipeline/redaction/detector.h"
#include "pipeline/redaction/rules/rule_set.h"

namespace postern::pipeline {

class RuleScanner final : public Detector {
 public:
  // One workspace's rules and the mode of each, by its index in the set.
  struct Layer {
    std::shared_ptr<const RuleSet> set;
    core::WorkspaceId workspace;
    std::vector<RuleMode> modes;
    std::vector<std::vector<core::InboxId>> enforced_in;  // of the message's inboxes, by rule
  };
  explicit RuleScanner(std::vector<Layer> layers);

  // A value that rules of one id find for several workspaces is one finding, which hides what any of them hides.
  std::vector<Finding> find(std::string_view text, TextKind kind) const override;
  // What the enforced rules among `found` want done beyond rewriting; rules that want nothing are left out. Rules of one
  // id in two workspaces may differ: a workspace is asked only when its own rule has found something here.
  std::vector<RuleHit> hits(const std::vector<Redaction>& found) const;
  // Of the rules among `found` and `shadow` that operators have written; empty where there is one workspace only.
  std::vector<RuleOwners> owners(const std::vector<Redaction>& found, const std::vector<Redaction>& shadow) const;

 private:
  // Workspaces with the same set are scanned for together.
  struct Group {
    std::shared_ptr<const RuleSet> set;
    std::vector<RuleMode> modes;  // the strictest of its layers
    std::shared_ptr<std::vector<std::atomic<bool>>> has_found;  // by rule, hiding; only where there are several groups
  };
  const Group& group_of(const Layer& layer) const;

  std::vector<Layer> layers_;
  std::vector<Group> groups_;
};

}  // namespace postern::pipeline
