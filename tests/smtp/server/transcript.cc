#include "tests/smtp/server/transcript.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <sstream>

#include "core/encoding.h"
#include "tests/smtp/server/edge_fixture.h"

namespace postern::test {
namespace {

struct Line {
  int number = 0;
  std::string key;
  std::string value;
};

std::vector<Line> parse(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<Line> lines;
  int number = 0;
  for (std::string text; std::getline(in, text);) {
    ++number;
    if (text.empty() || text.front() == '#') continue;
    const auto colon = text.find(':');
    Line line{number, text.substr(0, colon), {}};
    if (colon != std::string::npos) line.value = text.substr(std::min(text.size(), colon + 2));
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    if (c == 'r') out += '\r';
    else if (c == 'n') out += '\n';
    else if (c == 't') out += '\t';
    else if (c == 'x') { out += core::from_hex(text.substr(i + 1, 2)).value_or("?"); i += 2; }
    else out += c;
  }
  return out;
}

using Setter = std::function<void(smtp::ServerOptions&, std::uint64_t)>;

template <class T>
Setter number(T smtp::ServerOptions::*field) {
  return [field](smtp::ServerOptions& options, std::uint64_t value) { options.*field = static_cast<T>(value); };
}
template <class T>
Setter duration(T smtp::ServerOptions::*field) {
  return [field](smtp::ServerOptions& options, std::uint64_t value) { options.*field = T(value); };
}

const std::map<std::string, Setter>& setters() {
  using O = smtp::ServerOptions;
  static const std::map<std::string, Setter> all{
      {"implicit_tls", number(&O::implicit_tls)}, {"require_tls", number(&O::require_tls)},
      {"offers_dsn", number(&O::offers_dsn)}, {"message_bytes_max", number(&O::message_bytes_max)},
      {"memory_in_flight_max", number(&O::memory_in_flight_max)},
      {"text_line_bytes_max", number(&O::text_line_bytes_max)}, {"discard_bytes_max", number(&O::discard_bytes_max)},
      {"rcpts_max", number(&O::rcpts_max)}, {"hops_max", number(&O::hops_max)}, {"commands_max", number(&O::commands_max)},
      {"transactions_max", number(&O::transactions_max)}, {"aborted_max", number(&O::aborted_max)},
      {"aborted_per_network_max", number(&O::aborted_per_network_max)}, {"junk_max", number(&O::junk_max)},
      {"errors_soft_max", number(&O::errors_soft_max)}, {"errors_hard_max", number(&O::errors_hard_max)},
      {"error_delay", duration(&O::error_delay)}, {"banner_delay", duration(&O::banner_delay)},
      {"sessions_per_network_max", number(&O::sessions_per_network_max)},
      {"command_idle_max", duration(&O::command_idle_max)}, {"session_total_max", duration(&O::session_total_max)},
      {"data_total_max", duration(&O::data_total_max)}, {"data_grace", duration(&O::data_grace)},
      {"data_rate_min", number(&O::data_rate_min)},
      {"proxy_header_max", duration(&O::proxy_header_max)},
      {"connections_per_address", [](O& o, std::uint64_t n) { o.peers.connections.per_address = n; }},
      {"messages_per_address", [](O& o, std::uint64_t n) { o.peers.messages.per_address = n; }},
      {"messages_per_network", [](O& o, std::uint64_t n) { o.peers.messages.per_network = n; }},
      {"rcpts_per_address", [](O& o, std::uint64_t n) { o.peers.rcpts.per_address = n; }},
      {"bytes_per_address", [](O& o, std::uint64_t n) { o.peers.bytes.per_address = n; }},
      {"errors_per_address", [](O& o, std::uint64_t n) { o.peers.errors.per_address = n; }}};
  return all;
}

class Player {
 public:
  Player(const std::filesystem::path& file, SimOptions sim) : name_(file.filename().string()), lines_(parse(file)) {
    setup_.sim = sim;
  }

  std::string play();

 private:
  std::string wrong(const std::string& what);
  EdgeFixture& edge();
  bool configure(const Line& line);
  bool converse(const Line& line);
  bool observe(const Line& line);
  static std::string rcpts(const pipeline::Envelope& envelope);
  static std::string facts(const pipeline::Envelope& e);
  static pipeline::SmtpVerdict read_verdict(const std::string& text);
  void expect(const std::string& got, const std::string& glob);
  template <class Read>
  void expect_last(Read read, const std::string& glob);

  void flush();
  std::optional<std::string> next_line();
  void expect_line(const std::string& glob);
  // The last line of one whole reply.
  void expect_reply(const std::string& glob);
  void expect_silence();
  void expect_close();

  std::string name_;
  std::vector<Line> lines_;
  const Line* line_ = nullptr;
  EdgeFixture::Setup setup_;
  std::unique_ptr<EdgeFixture> edge_;
  std::string to_send_;
  std::string said_;
  std::string error_;
};

std::string Player::play() {
  for (const Line& line : lines_) {
    line_ = &line;
    if (!(configure(line) || converse(line) || observe(line))) return wrong("unknown key " + line.key);
    if (!error_.empty()) return error_;
  }
  if (edge_ == nullptr) return name_ + ": nothing played";
  flush();
  if (!said_.empty()) return wrong("the server said more: " + said_);
  return error_;
}

std::string Player::wrong(const std::string& what) {
  if (error_.empty()) error_ = name_ + ':' + std::to_string(line_->number) + ": " + what;
  return error_;
}

EdgeFixture& Player::edge() {
  if (!edge_) edge_ = std::make_unique<EdgeFixture>(setup_);
  return *edge_;
}

bool Player::configure(const Line& line) {
  if (line.key == "limits") {
    std::istringstream words(line.value);
    for (std::string word; words >> word;) {
      const auto equals = word.find('=');
      const auto setter = setters().find(word.substr(0, equals));
      if (setter == setters().end()) wrong("unknown limit " + word);
      else setter->second(setup_.options, std::stoull(word.substr(equals + 1)));
    }
  } else if (line.key == "peer") {
    setup_.sim.remote = net::Endpoint::parse(line.value).value();
  } else if (line.key == "trust") {
    setup_.options.xclient_peers.push_back(net::IpNetwork::parse(line.value).value());
  } else if (line.key == "proxy") {
    setup_.options.proxy_peers.push_back(net::IpNetwork::parse(line.value).value());
  } else if (line.key == "blocked") {
    const auto space = line.value.find(' ');
    setup_.blocks.push_back({net::IpNetwork::parse(line.value.substr(0, space)).value(), line.value.substr(space + 1), {}});
  } else if (line.key == "early-raw") {
    setup_.early += unescape(line.value);
  } else if (line.key == "no-tls") {
    setup_.has_tls = false;
  } else if (line.key == "sick") {
    setup_.is_healthy = false;
  } else if (line.key == "early") {
    setup_.early += line.value + "\r\n";
  } else {
    return false;
  }
  if (edge_) wrong("a setting after the session has begun");
  return true;
}

bool Player::converse(const Line& line) {
  if (line.key == "C") to_send_ += line.value + "\r\n";
  else if (line.key == "C-raw") to_send_ += unescape(line.value);
  else if (line.key == "S") expect_line(line.value);
  else if (line.key == "R") expect_reply(line.value);
  else if (line.key == "close") expect_close();
  else if (line.key == "silence") expect_silence();
  else return false;
  return true;
}

bool Player::observe(const Line& line) {
  flush();
  if (line.key == "advance") said_ += edge().advance(std::chrono::seconds(std::stoll(line.value)));
  else if (line.key == "verdict") edge().intake.verdict = read_verdict(line.value);
  else if (line.key == "healthy") edge().is_healthy = line.value == "yes";
  else if (line.key == "directory") edge().has_directory = line.value == "yes";
  else if (line.key == "drain") { edge().server().begin_drain(); said_ += edge().read(); }
  else if (line.key == "block") edge().server().blocks()->add({net::IpNetwork::parse(line.value).value(), "by hand", {}});
  else if (line.key == "hang-up") edge().hang_up();
  else if (line.key == "messages") expect(std::to_string(edge().taken().size()), line.value);
  else if (line.key == "content") expect_last([](const auto& taken) { return taken.content; }, unescape(line.value));
  else if (line.key == "message") expect_last([](const auto& taken) { return taken.message; }, unescape(line.value));
  else if (line.key == "sender") expect_last([](const auto& taken) { return taken.envelope.mail_from.to_string(); }, line.value);
  else if (line.key == "rcpts") expect_last([](const auto& taken) { return rcpts(taken.envelope); }, line.value);
  else if (line.key == "envelope") expect_last([](const auto& taken) { return facts(taken.envelope); }, line.value);
  else return false;
  return true;
}

std::string Player::rcpts(const pipeline::Envelope& envelope) {
  std::string all;
  for (const auto& rcpt : envelope.rcpts) all += (all.empty() ? "" : " ") + rcpt.address.to_string();
  return all;
}

std::string Player::facts(const pipeline::Envelope& e) {
  return e.client_ip + " name=" + e.client_name + " helo=" + e.helo + " with=" + e.protocol + " tls=" + e.tls_version +
         " utf8=" + (e.is_smtputf8 ? "1" : "0") + " 8bit=" + (e.is_8bit ? "1" : "0") + " envid=" + e.dsn_envid +
         " ret=" + e.dsn_ret + " notify=" + e.rcpts.front().dsn_notify + " orcpt=" + e.rcpts.front().dsn_orcpt +
         " token=" + e.rcpts.front().reply_token + (e.requires_tls ? " requiretls" : "");
}

pipeline::SmtpVerdict Player::read_verdict(const std::string& text) {
  std::istringstream in(text);
  pipeline::SmtpVerdict verdict;
  in >> verdict.code >> verdict.enhanced;
  std::getline(in >> std::ws, verdict.text);
  verdict.action = verdict.code < 300 ? "accept" : verdict.code < 500 ? "defer" : "reject";
  return verdict;
}

void Player::expect(const std::string& got, const std::string& glob) {
  if (!matches_glob(got, glob)) wrong("expected \"" + glob + "\", got \"" + got + '"');
}

template <class Read>
void Player::expect_last(Read read, const std::string& glob) {
  if (edge().taken().empty()) wrong("no message was taken");
  else expect(read(edge().taken().back()), glob);
}

void Player::flush() {
  edge();
  said_ += to_send_.empty() ? edge_->read() : edge_->exchange(to_send_);
  to_send_.clear();
}

std::optional<std::string> Player::next_line() {
  flush();
  const auto end = said_.find("\r\n");
  if (end == std::string::npos) return std::nullopt;
  std::string line = said_.substr(0, end);
  said_.erase(0, end + 2);
  return line;
}

void Player::expect_line(const std::string& glob) {
  const auto line = next_line();
  if (!line) wrong("expected \"" + glob + "\", but the server is silent");
  else expect(*line, glob);
}

void Player::expect_reply(const std::string& glob) {
  auto line = next_line();
  while (line && line->size() > 3 && (*line)[3] == '-') line = next_line();
  if (!line) wrong("expected \"" + glob + "\", but the server is silent");
  else expect(*line, glob);
}

void Player::expect_silence() {
  flush();
  if (!said_.empty()) wrong("expected silence, got " + said_);
  else if (edge().is_closed()) wrong("the server has closed");
}

void Player::expect_close() {
  flush();
  if (!said_.empty()) wrong("expected the end, got " + said_);
  else if (!edge().is_closed()) wrong("the server has not closed");
}

}  // namespace

bool matches_glob(std::string_view text, std::string_view glob) {
  std::size_t t = 0;
  std::size_t g = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (g < glob.size() && (glob[g] == '?' || glob[g] == text[t])) {
      ++g;
      ++t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

std::vector<std::filesystem::path> transcripts() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(POSTERN_SOURCE_DIR) / "tests/data/smtp")) {
    if (entry.path().extension() == ".smtp") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string play(const std::filesystem::path& file, SimOptions sim) { return Player(file, std::move(sim)).play(); }

}  // namespace postern::test
