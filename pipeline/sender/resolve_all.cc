#include "pipeline/sender/resolve_all.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace postern::pipeline {
namespace {

// Halves the range until one question is left; both halves run side by side.
core::Task<void> resolve_range(net::DnsResolver& resolver, const std::vector<net::DnsQuestion>& questions,
                               std::vector<net::DnsAnswer>& answers, std::size_t begin, std::size_t end,
                               core::Deadline by) {
  if (end - begin == 1) {
    answers[begin] = co_await resolver.query(questions[begin], by);
    co_return;
  }
  const std::size_t middle = begin + (end - begin) / 2;
  using boost::asio::experimental::awaitable_operators::operator&&;
  co_await (resolve_range(resolver, questions, answers, begin, middle, by) &&
            resolve_range(resolver, questions, answers, middle, end, by));
}

}  // namespace

core::Task<std::vector<net::DnsAnswer>> resolve_all(net::DnsResolver& resolver, std::vector<net::DnsQuestion> questions,
                                                    core::Deadline by) {
  std::vector<net::DnsAnswer> answers(questions.size());
  if (!questions.empty()) co_await resolve_range(resolver, questions, answers, 0, questions.size(), by);
  co_return answers;
}

}  // namespace postern::pipeline
