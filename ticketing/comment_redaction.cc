#include "ticketing/comment_redaction.h"

#include <memory>

#include "core/encoding.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/redaction_step.h"
#include "ticketing/detail/retry.h"

namespace postern::ticketing {
namespace {

using Done = core::Result<CommentRedactor::Outcome>;

}  // namespace

CommentRedactor::CommentRedactor(storage::Store& store, storage::Vault& vault, const Directory& directory,
                                 const pipeline::RawRewriter& rewriter, core::IdSource& ids, core::Clock& clock, Options options,
                                 core::WorkPool* cpu)
    : store_(store), vault_(vault), directory_(directory), rewriter_(rewriter), ids_(ids), clock_(clock),
      options_(std::move(options)), cpu_(cpu) {}

core::Result<void> CommentRedactor::check(const auth::Principal& by, Order& order) const {
  if (!auth::may(by, auth::Permission::kRedact)) return core::fail(auth::Errc::kForbidden);
  if (order.phrases.empty() && order.marked_html.empty() && order.attachments.empty()) {
    return core::fail(Errc::kInvalid, "text: nothing to redact");
  }
  if (order.phrases.size() > options_.redaction_phrases_max || order.attachments.size() > options_.redaction_phrases_max) {
    return core::fail(Errc::kInvalid, "text: too many");
  }
  for (std::string& phrase : order.phrases) {
    phrase = std::string(core::trim_ascii(phrase));
    if (phrase.size() > options_.redaction_phrase_bytes_max) return core::fail(Errc::kInvalid, "text: too long");
    if (!rewriter_.is_phrase(phrase)) return core::fail(Errc::kInvalid, "text: too short to be looked for");
  }
  return {};
}

core::Task<core::Result<CommentRedactor::Outcome>> CommentRedactor::redact(auth::Principal by, core::TicketId ticket,
                                                                           core::CommentId comment, Order order) {
  const Basics with{store_, vault_, directory_, ids_, clock_, options_, hooks_};
  POSTERN_CO_CHECK(check(by, order));
  for (Patience patience(clock_, options_);;) {
    storage::Transaction transaction = store_.begin();
    RedactionStep step(with, transaction, by, rewriter_, order);
    // A large message, or a document, takes seconds; a Result in a Result cannot be told from its error.
    std::shared_ptr<Done> done;
    if (cpu_ == nullptr) {
      done = std::make_shared<Done>(step.apply(ticket, comment));
    } else {
      auto job = [&step, ticket, comment] { return std::make_shared<Done>(step.apply(ticket, comment)); };
      POSTERN_CO_TRY(done, co_await core::offload(*cpu_, std::move(job)));
    }
    if (!*done) co_return done->error();
    Outcome out = std::move(**done);
    if (out.count > 0) {
      const auto committed = co_await store_.commit(std::move(transaction));
      if (!committed && co_await patience.again(committed.error())) continue;
      if (!committed) co_return committed.error();
    }
    const auto snapshot = store_.snapshot();
    storage::Transaction reader(snapshot);
    POSTERN_CO_TRY(TicketDraft draft, TicketDraft::open(with, reader, by.workspace, ticket));
    POSTERN_CO_TRY(const schema::Comment record, draft.read_comment(comment));
    POSTERN_CO_TRY(out.comment, codec::decode(*snapshot, vault_, by.workspace, record));
    co_return out;
  }
}

}  // namespace postern::ticketing
