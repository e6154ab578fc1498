#include "ticketing/conditions/stored_facts.h"

#include "ticketing/conditions/words.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/keys.h"

namespace postern::ticketing {

core::Result<const std::string*> StoredFacts::folded_text(const schema::Comment& comment) const {
  const auto known = texts_.find(comment.id());
  if (known != texts_.end()) return &known->second;
  POSTERN_TRY(const std::string text, text_of(comment.text()));
  return &texts_.emplace(comment.id(), fold_text(text)).first->second;
}

core::Result<std::string> StoredFacts::text_of(const schema::Text& text) const {
  if (text.blob().empty()) return text.inline_text();
  const std::string key = storage::blob_key(workspace_, text.blob());
  POSTERN_TRY(const std::optional<std::string> sealed, transaction_.get(key));
  if (!sealed) return std::string();  // removed by hand meanwhile
  return with_.vault.open(workspace_, key, *sealed);
}

core::Result<std::string> StoredFacts::created_via(const schema::Ticket& ticket) const {
  if (is_new_ && source_ != nullptr) return source_->via;
  const std::string prefix = keys::comments_prefix(workspace_, core::TicketId{ticket.id()});
  POSTERN_TRY(const std::vector<storage::Entry> first, transaction_.snapshot().scan(prefix, storage::Direction::kForward, 1));
  if (first.empty()) return std::string("system");
  schema::Comment comment;
  POSTERN_CHECK(storage::open_record(with_.vault, workspace_, first.front().key, first.front().value, comment));
  return comment.via();
}

core::Result<auth::Role> StoredFacts::role_of(core::UserId user) const {
  POSTERN_TRY(const std::optional<auth::User> found, with_.accounts.find(workspace_, user));
  return found ? found->role : auth::Role::kContact;
}

core::Result<std::vector<std::uint64_t>> StoredFacts::groups_of(core::UserId user) const {
  if (!groups_of_) return std::vector<std::uint64_t>();
  return groups_of_(workspace_, user);
}

std::string StoredFacts::address_of(core::InboxId inbox) const {
  const Inbox* found = with_.directory.find(inbox);
  return found == nullptr ? std::string() : found->address.canonical();
}

}  // namespace postern::ticketing
