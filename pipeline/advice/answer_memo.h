#pragma once
// pipeline/advice/answer_memo.h: a resolver that asks each question once in its life, so that the checks of one advice see
// one state of DNS, and that stops asking at a limit: what a hostile record can make us ask is bounded.
// Thread-safety: query() from any executor.  Ownership: borrows the resolver behind it.
// Limits: questions_max; a further question is a timeout.
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "net/dns.h"

namespace postern::pipeline {

class AnswerMemo final : public net::DnsResolver {
 public:
  AnswerMemo(net::DnsResolver& behind, std::size_t questions_max) : behind_(behind), questions_max_(questions_max) {}
  core::Task<net::DnsAnswer> query(net::DnsQuestion question, core::Deadline by) override;

 private:
  using Key = std::pair<std::string, net::DnsType>;
  // The kept answer, or that of a question too many; nullopt: ask.
  std::optional<net::DnsAnswer> find(const Key& key);
  void keep(const Key& key, const net::DnsAnswer& answer);

  net::DnsResolver& behind_;
  const std::size_t questions_max_;
  std::mutex mutex_;  // resolve_all() asks side by side
  std::size_t asked_ = 0;
  std::map<Key, net::DnsAnswer> answers_;
};

}  // namespace postern::pipeline
