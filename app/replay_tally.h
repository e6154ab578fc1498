#pragma once
// app/replay_tally.h: what rule sets find in many messages, counted by rule and place, never a value: one set, or two
// side by side.
// Thread-safety: none needed. Limits: kPlacesMax places a rule; further ones count as "other".
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/json.h"
#include "pipeline/api/redaction_rules.h"

namespace postern::app {

class ReplayTally {
 public:
  static constexpr std::size_t kPlacesMax = 40;
  static constexpr double kRateOf = 100'000;  // messages

  // Rules that are not off have a row even when they find nothing.
  void expect(const std::vector<pipeline::RuleSpec>& rules);
  // `right` only where two sets are compared.
  void add(const std::vector<pipeline::TrialCount>& left, const std::vector<pipeline::TrialCount>* right);
  std::uint64_t messages() const { return messages_; }
  // {"messages", "rules": [{"rule", "messages", "findings", "per_100000", "places": [{"where", "count"}]}]}; compared, a
  // rule has "left", "right" (each as above), "only_left" and "only_right" (messages) instead.
  JsonObject json() const;

 private:
  struct Side {
    std::uint64_t messages = 0;
    std::uint64_t findings = 0;
    std::map<std::string, std::uint64_t> places;
  };
  struct Rule {
    Side left, right;
    std::uint64_t only_left = 0, only_right = 0;
  };
  JsonObject side_json(const Side& side) const;

  std::uint64_t messages_ = 0;
  bool is_compared_ = false;
  std::map<std::string, Rule> rules_;
};

// The JSON of a replay as lines of a table.
std::vector<std::string> replay_lines(const JsonObject& replay);

}  // namespace postern::app
