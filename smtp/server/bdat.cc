// BDAT (RFC 3030): content in counted chunks. The octets of a chunk are consumed whatever the answer, or the session
// is closed: they must never be read as commands.
#include "smtp/server/session.h"

namespace postern::smtp {

std::optional<Answer> Session::check_bdat() const {
  if (options_.require_tls && !stream_.is_tls()) {
    return refuse(530, "5.7.0", "Must issue a STARTTLS command first", Refusal::kTlsRequired);
  }
  if (!tx_) return refuse(503, "5.5.1", "MAIL first", Refusal::kSequence);
  if (tx_->envelope.rcpts.empty()) return refuse(554, "5.5.1", "No valid recipients", Refusal::kSequence);
  return std::nullopt;
}

core::Task<Answer> Session::bdat(std::string_view argument) {
  const std::optional<BdatArgument> chunk = parse_bdat(argument);
  if (!chunk) co_return refuse_and_close(501, "5.5.4", "Syntax: BDAT size [LAST]", Refusal::kSyntax);
  if (chunk->bytes > options_.discard_bytes_max) {
    end_transaction();
    co_return refuse_and_close(552, "5.3.4", "Chunk far over the size limit", Refusal::kSize);
  }
  std::optional<Answer> refusal = check_bdat();
  if (!refusal && !tx_->has_chunks) {
    tx_->has_chunks = true;
    tx_->has_no_memory = !begin_content(*tx_);
  }
  if (!refusal && chunk->bytes > options_.message_bytes_max - tx_->received_bytes) {
    end_transaction();
    refusal = refuse(552, "5.3.4", "Message over the size limit", Refusal::kSize);
  }
  const ContentEnd end = co_await read_chunk(refusal ? nullptr : &*tx_, chunk->bytes);
  if (std::optional<Answer> failure = end_failure(end)) {
    end_transaction();
    co_return std::move(*failure);
  }
  if (refusal) co_return std::move(*refusal);
  co_return co_await finish_chunk(chunk->is_last, chunk->bytes);
}

// A chunk has been read whole: refuse the message, ask for more, or hand it on. A refusal ends the transaction, so
// that later chunks of the same message are swallowed with 503.
core::Task<Answer> Session::finish_chunk(bool is_last, std::uint64_t bytes) {
  if (is_last) tx_->chunk_check.finish();
  const LineEndCheck& check = tx_->chunk_check;
  if (std::optional<Answer> failure = content_failure(*tx_, check.has_bare(), check.line_bytes_seen())) {
    end_transaction();
    input_.wipe();
    co_return std::move(*failure);
  }
  if (!is_last) co_return ok("2.0.0", std::to_string(bytes) + " octets received");
  Transaction transaction = std::move(*tx_);
  tx_.reset();
  input_.wipe();
  co_return co_await deliver(std::move(transaction));
}

// The minimum rate counts over all chunks of a message and the time that was spent in them; between them the waiting for
// commands is bounded (command_deadline()).
core::Task<Session::ContentEnd> Session::read_chunk(Transaction* wanted, std::uint64_t bytes) {
  const core::Instant begin = context_.clock.now();
  const core::Instant all_since = wanted != nullptr ? wanted->content_since : begin;
  const core::Instant since = wanted != nullptr ? begin - wanted->chunk_time : begin;
  std::uint64_t left = bytes;
  while (true) {
    const std::string_view input = input_.buffered().substr(0, left);
    if (wanted != nullptr) {
      wanted->chunk_check.feed(input);
      keep(*wanted, input);
    }
    input_.consume(input.size());
    left -= input.size();
    if (left == 0) break;
    // Nothing may wait for this chunk, least of all the 250 of a message before it (RFC 2920 section 3.2).
    if (!co_await flush()) co_return ContentEnd::kGone;
    const std::uint64_t received = wanted != nullptr ? wanted->received_bytes : bytes - left;
    const ContentEnd more = co_await more_content(content_deadline(since, received, all_since));
    if (more != ContentEnd::kComplete) co_return more;
  }
  if (wanted != nullptr) wanted->chunk_time += context_.clock.now() - begin;
  co_return ContentEnd::kComplete;
}

}  // namespace postern::smtp
