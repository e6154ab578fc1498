#include "pipeline/advice/spf_merge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/encoding.h"
#include "pipeline/sender/spf_record.h"

namespace postern::pipeline {
namespace {

constexpr std::string_view kVersion = "v=spf1";
constexpr std::string_view kMildest = "?~-";  // the qualifiers of "all", the one that refuses least first

std::optional<SpfRecord> parse_term(const std::string& term) { return parse_spf_record(std::string(kVersion) + " " + term); }

bool has_term(const std::vector<std::string>& terms, const std::string& term) {
  return std::any_of(terms.begin(), terms.end(), [&](const std::string& other) { return core::equals_ignoring_case(other, term); });
}

// What is gathered from the published records.
struct Gathered {
  std::vector<std::string> mechanisms;
  std::vector<std::string> redirects;  // their targets
  std::vector<std::string> modifiers;
  bool has_explanation = false;
  char all = 0;  // its qualifier; 0: none
  std::vector<std::string> left_out;

  void add_all(char qualifier) {
    if (qualifier == '+') qualifier = '~';
    if (all == 0 || kMildest.find(qualifier) < kMildest.find(all)) all = qualifier;
  }

  // A second exp= would make the record invalid (RFC 7208 section 6).
  void add_modifier(const std::string& term, bool is_explanation) {
    if (has_term(modifiers, term)) return;
    if (is_explanation && std::exchange(has_explanation, true)) {
      left_out.push_back(term);
    } else {
      modifiers.push_back(term);
    }
  }

  void add(const std::string& record) {
    bool is_behind_all = false;
    for (const std::string& term : spf_terms(record)) {
      const std::optional<SpfRecord> parsed = parse_term(term);
      if (!parsed) {
        left_out.push_back(term);
      } else if (parsed->redirect) {
        if (!has_term(redirects, *parsed->redirect)) redirects.push_back(*parsed->redirect);
      } else if (parsed->terms.empty()) {
        add_modifier(term, parsed->explanation.has_value());
      } else if (is_behind_all) {
        left_out.push_back(term);
      } else if (parsed->terms[0].mechanism == SpfMechanism::kAll) {
        is_behind_all = true;
        add_all(parsed->terms[0].qualifier);
      } else if (!has_term(mechanisms, term)) {
        mechanisms.push_back(term);
      }
    }
  }
};

}  // namespace

std::vector<std::string> spf_terms(std::string_view record) {
  std::vector<std::string> out;
  record.remove_prefix(std::min(kVersion.size(), record.size()));
  while (!record.empty()) {
    const std::size_t end = std::min(record.find(' '), record.size());
    if (end > 0) out.emplace_back(record.substr(0, end));
    record.remove_prefix(std::min(end + 1, record.size()));
  }
  return out;
}

SpfMerge merge_spf(const std::vector<std::string>& records, const std::vector<std::string>& terms, SpfPlace place) {
  Gathered have;
  for (const std::string& record : records) have.add(record);
  std::vector<std::string> ours;
  for (const std::string& term : terms) {
    // In front a term counts even when it stands further behind already.
    if (place == SpfPlace::kFirst) std::erase_if(have.mechanisms, [&](const std::string& it) { return core::equals_ignoring_case(it, term); });
    if (!has_term(have.mechanisms, term)) ours.push_back(term);
  }
  SpfMerge out;
  out.left_out = std::move(have.left_out);
  out.text = kVersion;
  const auto append = [&](const std::vector<std::string>& all) {
    for (const std::string& term : all) out.text += " " + term;
  };
  if (place == SpfPlace::kFirst) append(ours);
  append(have.mechanisms);
  if (place == SpfPlace::kBeforeAll) append(ours);
  // A record has one redirect, and none that counts beside "all" (RFC 7208 section 6.1): one record's alone stays, several
  // are brought together by includes.
  const bool keeps_redirect = have.all == 0 && have.redirects.size() == 1;
  for (const std::string& target : have.redirects) {
    if (keeps_redirect) {
      out.text += " redirect=" + target;
    } else if (records.size() == 1) {
      out.left_out.push_back("redirect=" + target);
    } else if (!has_term(have.mechanisms, "include:" + target)) {
      out.text += " include:" + target;
    }
  }
  append(have.modifiers);
  if (!keeps_redirect) out.text += std::string(" ") + (have.all == 0 ? '~' : have.all) + "all";
  return out;
}

}  // namespace postern::pipeline
