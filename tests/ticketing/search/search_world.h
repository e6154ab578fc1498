#pragma once
// tests/ticketing/search/search_world.h: tickets over the memory store with the search as their only hook; texts are written as
// they are, by TicketDraft, the one writer of tickets.
#include <boost/asio/io_context.hpp>
#include <memory>

#include "auth/accounts.h"
#include "core/manual_clock.h"
#include "storage/memory_store.h"
#include "storage/vault.h"
#include "tests/support/run_task.h"
#include "ticketing/detail/ticket_draft.h"
#include "ticketing/search/ticket_search.h"

namespace postern::test {

class SearchWorld {
 public:
  explicit SearchWorld(ticketing::search::Limits limits = ticketing::search::Limits());

  using Change = std::function<void(ticketing::TicketDraft&)>;
  core::TicketId add(const std::string& subject, const std::string& text, const Change& also = {});
  core::CommentId comment(core::TicketId ticket, const std::string& text, const Change& also = {});
  void change(core::TicketId ticket, const Change& change);
  void rewrite(core::TicketId ticket, core::CommentId comment, const std::string& text);
  // What is done in one transaction, without committing it.
  void add_to(storage::Transaction& transaction, core::TicketId ticket, const std::string& text);
  schema::Comment made(const std::string& text);

  std::vector<std::uint64_t> find(const std::string& query);  // in the order of the answer
  ticketing::search::SearchAnswer answer(const std::string& query, std::size_t count = 100);
  std::string problem(const std::string& query);  // why it is refused; empty when it is not
  void merge();  // everything that waits

  template <class T>
  T run(core::Task<T> task) {
    return run_task(io, std::move(task));
  }
  void commit(storage::Transaction transaction);

  boost::asio::io_context io;
  core::ManualClock clock;
  core::IdSource ids{clock, 1};
  core::WorkPool cpu{"cpu", 1, 16};
  std::unique_ptr<storage::Store> store;
  std::unique_ptr<storage::Vault> vault;
  std::unique_ptr<auth::Accounts> accounts;
  std::unique_ptr<ticketing::Directory> directory;
  ticketing::Options options;
  ticketing::TicketHooks hooks;
  std::unique_ptr<ticketing::Services> with;
  std::unique_ptr<ticketing::search::TicketSearch> search;
  core::WorkspaceId workspace;
  core::InboxId inbox;
  core::UserId requester{77};
  auth::Principal agent;
};

}  // namespace postern::test
