#pragma once
// app/password_mail.h: mails links with which forgotten passwords are set anew. The one who asks is answered before
// anything is looked up, so that neither the answer nor its time tells whether there is such an account.
// Thread-safety: ask() from any thread; the work runs on the executor. Ownership: borrows everything; stop() before
// destruction and before the store closes.
// Errors: none to the one who asks; the log has them.  Limits: kWaitingMax requests at a time, more are dropped and counted.
#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "auth/accounts.h"
#include "core/task_group.h"
#include "ticketing/directory.h"
#include "ticketing/outbox.h"

namespace postern::app {

class PasswordMail {
 public:
  static constexpr std::size_t kWaitingMax = 64;

  // `origin`: "https://help.example.com", where the links lead. Never taken from a request: its Host field is anybody's.
  PasswordMail(boost::asio::any_io_executor executor, auth::Accounts& accounts, ticketing::Outbox& outbox,
               std::shared_ptr<const ticketing::Directory> directory, std::string origin, core::Clock& clock);

  void ask(std::string email, std::string client_ip);
  core::Task<void> stop(core::Deadline by);

 private:
  core::Task<void> work(std::string email, std::string client_ip);
  core::Task<core::Result<void>> send(std::string email, std::string client_ip);

  boost::asio::any_io_executor executor_;
  auth::Accounts& accounts_;
  ticketing::Outbox& outbox_;
  std::shared_ptr<const ticketing::Directory> directory_;
  std::string origin_;
  core::Clock& clock_;
  core::TaskGroup tasks_;
};

}  // namespace postern::app
