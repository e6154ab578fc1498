#include "pipeline/advice/answer_memo.h"

namespace postern::pipeline {

std::optional<net::DnsAnswer> AnswerMemo::find(const Key& key) {
  const std::lock_guard lock(mutex_);
  if (const auto known = answers_.find(key); known != answers_.end()) return known->second;
  if (asked_ >= questions_max_) {
    net::DnsAnswer refused;
    refused.status = net::DnsStatus::kTimeout;
    return refused;
  }
  ++asked_;
  return std::nullopt;
}

void AnswerMemo::keep(const Key& key, const net::DnsAnswer& answer) {
  const std::lock_guard lock(mutex_);
  answers_.insert_or_assign(key, answer);
}

core::Task<net::DnsAnswer> AnswerMemo::query(net::DnsQuestion question, core::Deadline by) {
  const Key key(net::normalize_name(question.name), question.type);
  if (std::optional<net::DnsAnswer> known = find(key)) co_return std::move(*known);
  net::DnsAnswer answer = co_await behind_.query(std::move(question), by);
  keep(key, answer);
  co_return answer;
}

}  // namespace postern::pipeline
