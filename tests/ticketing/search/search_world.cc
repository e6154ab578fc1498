#include "tests/ticketing/search/search_world.h"

#include <gtest/gtest.h>

#include "ticketing/detail/keys.h"

namespace postern::test {

SearchWorld::SearchWorld(ticketing::search::Limits limits) {
  clock.advance(std::chrono::hours(24 * 365));
  options.hostname = "mx.acme.example";
  options.inboxes = {{"acme", {"support@acme.example"}, "Acme Support", {}}, {"acme", {"sales@acme.example"}, "Acme Sales", {}}};
  store = storage::make_memory_store(clock);
  vault = std::make_unique<storage::Vault>(*store, core::SecretBuffer(32, 'k'));
  accounts = std::make_unique<auth::Accounts>(*store, *vault, ids, clock, cpu, auth::Options());
  directory = run(ticketing::Directory::load(*store, *vault, options)).value();
  workspace = directory->workspace_named("acme");
  inbox = directory->resolve(pipeline::split_address("support@acme.example")).value().inbox;
  with = std::make_unique<ticketing::Services>(ticketing::Basics{*store, *vault, *directory, ids, clock, options, &hooks}, *accounts);
  search = std::make_unique<ticketing::search::TicketSearch>(*with, nullptr, limits);
  hooks.indexes.push_back(&search->index());
  agent.workspace = workspace;
  agent.user = core::UserId{5};
  agent.role = auth::Role::kAgent;
}

void SearchWorld::commit(storage::Transaction transaction) {
  const auto done = run(store->commit(std::move(transaction)));
  ASSERT_TRUE(done) << done.error().describe();
}

schema::Comment SearchWorld::made(const std::string& text) {
  schema::Comment out;
  out.set_id(ids.next());
  out.set_author(requester.value);
  out.set_is_public(true);
  out.mutable_text()->set_inline_text(text);
  out.set_created_unix_ms(with->now_ms());
  out.set_via("mail");
  return out;
}

core::TicketId SearchWorld::add(const std::string& subject, const std::string& text, const Change& also) {
  clock.advance(std::chrono::seconds(1));
  const core::TicketId id{store->next_number(ticketing::keys::ticket_counter(workspace)).value()};
  storage::Transaction transaction = store->begin();
  auto draft = ticketing::TicketDraft::create(*with, transaction, workspace, id, inbox);
  EXPECT_TRUE(draft);
  draft->record().set_subject(subject);
  draft->record().set_requester(requester.value);
  schema::Comment comment = made(text);
  EXPECT_TRUE(draft->add_comment(comment, true));
  if (also) also(*draft);
  EXPECT_TRUE(draft->save(true));
  commit(std::move(transaction));
  return id;
}

core::CommentId SearchWorld::comment(core::TicketId ticket, const std::string& text, const Change& also) {
  schema::Comment comment = made(text);
  change(ticket, [&](ticketing::TicketDraft& draft) {
    EXPECT_TRUE(draft.add_comment(comment, true));
    if (also) also(draft);
  });
  return core::CommentId{comment.id()};
}

void SearchWorld::add_to(storage::Transaction& transaction, core::TicketId ticket, const std::string& text) {
  auto draft = ticketing::TicketDraft::open(*with, transaction, workspace, ticket);
  ASSERT_TRUE(draft);
  schema::Comment comment = made(text);
  EXPECT_TRUE(draft->add_comment(comment, true));
  EXPECT_TRUE(draft->save(true));
}

void SearchWorld::change(core::TicketId ticket, const Change& what) {
  clock.advance(std::chrono::seconds(1));
  storage::Transaction transaction = store->begin();
  auto draft = ticketing::TicketDraft::open(*with, transaction, workspace, ticket);
  ASSERT_TRUE(draft);
  what(*draft);
  const auto saved = draft->save(true);
  ASSERT_TRUE(saved) << saved.error().describe();
  commit(std::move(transaction));
}

void SearchWorld::rewrite(core::TicketId ticket, core::CommentId comment, const std::string& text) {
  change(ticket, [&](ticketing::TicketDraft& draft) {
    auto record = draft.read_comment(comment);
    ASSERT_TRUE(record);
    record->mutable_text()->set_inline_text(text);
    record->mutable_text()->clear_blob();
    EXPECT_TRUE(draft.rewrite_comment(*record));
  });
}

ticketing::search::SearchAnswer SearchWorld::answer(const std::string& query, std::size_t count) {
  ticketing::search::SearchRequest request;
  request.query = query;
  request.count = count;
  auto out = run(search->find(agent, std::move(request)));
  EXPECT_TRUE(out) << query << ": " << (out ? "" : out.error().describe());
  return out ? *out : ticketing::search::SearchAnswer();
}

std::vector<std::uint64_t> SearchWorld::find(const std::string& query) {
  std::vector<std::uint64_t> out;
  for (const auto& hit : answer(query).hits) out.push_back(hit.ticket.id.value);
  return out;
}

std::string SearchWorld::problem(const std::string& query) {
  ticketing::search::SearchRequest request;
  request.query = query;
  const auto out = run(search->find(agent, std::move(request)));
  return out ? std::string() : out.error().describe();
}

void SearchWorld::merge() {
  for (;;) {
    const auto merged = run(search->upkeep().merge(workspace, 1));
    ASSERT_TRUE(merged) << merged.error().describe();
    if (*merged == 0) return;
  }
}

}  // namespace postern::test
