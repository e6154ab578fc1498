#pragma once
// tests/smtp/client/scripted_host.h: mail hosts that play scripts over simulated connections. A script is lines:
// "S: 250 ok" is said; "C: MAIL FROM" is what the next line of the client must begin with; "C.: X" reads a message and
// keeps it; "T:" turns TLS on; "X:" closes. Hosts are keyed by address; each connection plays the next script.
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/manual_clock.h"
#include "core/task_group.h"
#include "smtp/client/deliver.h"
#include "tests/support/sim_stream.h"

namespace postern::test {

class ScriptedHosts {
 public:
  explicit ScriptedHosts(core::Clock& clock) : clock_(clock), sessions_("hosts", clock) {}
  void add(const std::string& address, std::string script) { scripts_[address].push_back(std::move(script)); }
  smtp::Connect connector();
  // What clients said, "C: …", and complaints, "!! …", in order.
  const std::vector<std::string>& heard() const { return heard_; }
  const std::string& message() const { return message_; }
  bool has_complaint() const;
  std::size_t connections() const { return connections_; }
  core::TaskGroup& sessions() { return sessions_; }
  Split split = Split::kNone;

 private:
  core::Task<core::Result<std::unique_ptr<net::Stream>>> connect(net::Endpoint to);
  core::Task<void> play(std::unique_ptr<net::Stream> stream, std::string script);

  core::Clock& clock_;
  core::TaskGroup sessions_;
  std::map<std::string, std::deque<std::string>> scripts_;
  std::vector<std::string> heard_;
  std::string message_;
  std::size_t connections_ = 0;
};

}  // namespace postern::test
