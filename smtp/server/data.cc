// DATA (RFC 5321 section 4.1.1.4): content up to CRLF.CRLF, then the pipeline's verdict.
#include "smtp/server/session.h"

namespace postern::smtp {

core::Task<Answer> Session::data() {
  if (tx_->has_chunks) co_return refuse(503, "5.5.1", "DATA after BDAT", Refusal::kSequence);
  if (tx_->envelope.rcpts.empty()) co_return refuse(554, "5.5.1", "No valid recipients", Refusal::kSequence);
  Transaction transaction = std::move(*tx_);
  tx_.reset();  // from here no exit path can leave it behind
  if (!begin_content(transaction)) co_return refuse(452, "4.3.1", "No room for another message now", Refusal::kMemory);
  say(Answer{354, {}, "End data with <CRLF>.<CRLF>"});
  if (!co_await flush()) co_return hang_up();
  DataDecoder decoder;
  const ContentEnd end = co_await read_data(transaction, decoder);
  input_.wipe();
  std::optional<Answer> failure = end_failure(end);
  if (!failure) failure = content_failure(transaction, decoder.has_bare(), decoder.line_bytes_seen());
  if (failure) {
    context_.peers.count_aborted(client_ip_);
    co_return std::move(*failure);
  }
  co_return co_await deliver(std::move(transaction));
}

core::Task<Session::ContentEnd> Session::read_data(Transaction& transaction, DataDecoder& decoder) {
  std::uint64_t wire_bytes = 0;
  while (true) {
    std::string_view input = input_.buffered();
    while (!input.empty()) {
      const DataDecoder::Step step = decoder.next(input);
      if (decoder.has_bare()) {
        transaction.content.drop();
      } else {
        keep(transaction, input.substr(step.content.begin, step.content.size()));
      }
      input.remove_prefix(step.consumed);
      input_.consume(step.consumed);
      wire_bytes += step.consumed;
      if (step.is_end) co_return ContentEnd::kComplete;
    }
    if (wire_bytes > options_.discard_bytes_max) co_return ContentEnd::kFlood;
    const core::Instant since = transaction.content_since;
    const ContentEnd more = co_await more_content(content_deadline(since, wire_bytes, since));
    if (more != ContentEnd::kComplete) co_return more;
  }
}

}  // namespace postern::smtp
