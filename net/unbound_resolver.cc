#include "net/unbound_resolver.h"

#include <unbound.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

#include "core/errc.h"
#include "core/metrics.h"
#include "net/answer_cache.h"
#include "net/errc.h"

namespace postern::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t kNameBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;
// libunbound's defaults throttle: 500 questions at 30 ms took 978 ms, with these 178 ms.
constexpr const char* kParallelQuestions = "1024";

// Zones that libunbound would answer by itself (RFC 6761) although an operator's server may know them.
constexpr const char* kOpenZones[] = {"test.", "example.", "invalid.", "127.in-addr.arpa."};

bool can_be_asked(const std::string& name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  std::size_t label = 0;
  for (char c : name) {
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    // libunbound takes presentation format, in which a backslash starts an escape.
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\' || ++label > kLabelBytesMax) return false;
  }
  return label > 0;
}

DnsAnswer to_answer(int failure, const ub_result* result) {
  DnsAnswer answer;
  if (failure != 0 || result == nullptr) return answer;
  if (result->bogus != 0) {
    answer.status = DnsStatus::kBogus;
    return answer;
  }
  answer.is_secure = result->secure != 0;
  answer.ttl_seconds = static_cast<std::uint32_t>(std::max(0, result->ttl));
  if (result->canonname != nullptr) answer.canonical_name = normalize_name(result->canonname);
  if (result->qname != nullptr && answer.canonical_name == normalize_name(result->qname)) answer.canonical_name.clear();
  constexpr int kNoError = 0;
  constexpr int kNameError = 3;
  if (result->nxdomain != 0 || result->rcode == kNameError) {
    answer.status = DnsStatus::kNxDomain;
  } else if (result->rcode != kNoError) {
    answer.status = DnsStatus::kServFail;
  } else if (result->havedata == 0) {
    answer.status = DnsStatus::kNoData;
  } else {
    answer.status = DnsStatus::kOk;
    for (int i = 0; result->data[i] != nullptr; ++i) {
      answer.rdata.emplace_back(result->data[i], static_cast<std::size_t>(result->len[i]));
    }
  }
  return answer;
}

struct Configuration {
  ub_ctx* context;
  bool is_good = true;
  void set(const char* option, const std::string& value) {
    is_good = is_good && ub_ctx_set_option(context, option, value.c_str()) == 0;
  }
};

core::Result<void> configure(ub_ctx* context, const ResolverOptions& options) {
  Configuration configuration{context};
  configuration.set("do-not-query-localhost:", "no");
  configuration.set("unblock-lan-zones:", "yes");
  configuration.set("outgoing-range:", kParallelQuestions);
  configuration.set("num-queries-per-thread:", kParallelQuestions);
  configuration.set("msg-cache-size:", std::to_string(options.cache_bytes_max / 3));
  configuration.set("rrset-cache-size:", std::to_string(options.cache_bytes_max / 3 * 2));
  if (options.trust_anchor_file.empty()) configuration.set("module-config:", "iterator");
  if (!configuration.is_good) return core::fail(core::Errc::kInvalid, "resolver settings");
  if (!options.trust_anchor_file.empty() && ub_ctx_add_ta_file(context, options.trust_anchor_file.c_str()) != 0) {
    return core::fail(core::Errc::kIo, options.trust_anchor_file);
  }
  for (const Endpoint& server : options.servers) {
    const std::string forwarder = server.address.to_string() + '@' + std::to_string(server.port);
    if (ub_ctx_set_fwd(context, forwarder.c_str()) != 0) return core::fail(Errc::kAddress, forwarder);
  }
  if (options.servers.empty() && ub_ctx_resolvconf(context, nullptr) != 0) {
    return core::fail(core::Errc::kIo, "/etc/resolv.conf");
  }
  if (ub_ctx_async(context, 1) != 0) return core::fail(core::Errc::kInvalid, "resolver thread");
  for (const char* zone : kOpenZones) {  // last: this finalises the context
    if (ub_ctx_zone_remove(context, zone) != 0) return core::fail(core::Errc::kInvalid, zone);
  }
  return {};
}

using Handler = asio::any_completion_handler<void(DnsAnswer)>;

core::Counter& outcome_counter(DnsStatus status) {
  return core::metrics().counter("postern_dns_queries_total", "Questions that went to libunbound, by outcome.",
                                 "result=\"" + std::string(to_string(status)) + "\"");
}

}  // namespace

struct UnboundResolver::State {
  // A question in flight. It ends once: by its answer, its deadline, the cancellation of its task, or stop().
  struct Question {
    State* state = nullptr;
    std::string key;
    asio::any_io_executor home;
    std::optional<Handler> handler;  // empty once it has ended; never assigned: Boost 1.81 recurses without end
    int id = 0;
    bool is_submitted = false;
    std::multimap<core::Instant, std::shared_ptr<Question>>::iterator place;
  };

  State(asio::io_context& io, ResolverOptions the_options, core::Clock& the_clock)
      : options(std::move(the_options)),
        clock(the_clock),
        strand(asio::make_strand(io)),
        descriptor(strand),
        timer(strand),
        cache(options.answers_max, options.cache_bytes_max, options.answer_ttl_max),
        cache_hits(core::metrics().counter("postern_dns_cache_hits_total", "Questions answered by our own cache.")),
        refused(core::metrics().counter("postern_dns_refused_total", "Questions refused: too many were in flight.")) {}
  ~State() { stop(); }

  void submit(const std::string& name, DnsType type, core::Deadline by, std::shared_ptr<Question> question);
  void finish(const std::shared_ptr<Question>& question, DnsAnswer answer);
  void give_up(const std::shared_ptr<Question>& question);
  void forget(const std::shared_ptr<Question>& question);
  static void on_result(void* argument, int failure, ub_result* result);
  void wait_for_answers();
  void wait_for_deadline();
  void expire();
  void stop();

  ResolverOptions options;
  core::Clock& clock;
  asio::strand<asio::io_context::executor_type> strand;
  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
  AnswerCache cache;
  core::Counter& cache_hits;
  core::Counter& refused;
  std::weak_ptr<State> self;

  // Taken shared around every call into libunbound, exclusively to destroy its context. Before `mutex`, never after.
  std::shared_mutex context_mutex;
  ub_ctx* context = nullptr;

  std::mutex mutex;  // guards the questions and what follows; never held while calling into libunbound
  std::unordered_map<Question*, std::shared_ptr<Question>> registered;  // libunbound holds the pointer
  std::multimap<core::Instant, std::shared_ptr<Question>> by_deadline;
  core::Instant armed = core::Instant::max();
};

void UnboundResolver::State::submit(const std::string& name, DnsType type, core::Deadline by,
                                    std::shared_ptr<Question> question) {
  bool is_refused = false;
  bool must_arm = false;
  {
    std::lock_guard lock(mutex);
    question->place = by_deadline.emplace(by.at(), question);
    is_refused = registered.size() >= options.outstanding_max;
    if (!is_refused) registered.emplace(question.get(), question);
    must_arm = by.at() < armed;
  }
  DnsAnswer failed;
  failed.status = DnsStatus::kTimeout;
  if (is_refused) {
    refused.add();
    finish(question, std::move(failed));
    return;
  }
  {
    std::shared_lock context_lock(context_mutex);
    int id = 0;
    constexpr int kInternet = 1;
    int code = UB_INITFAIL;
    if (context != nullptr) {
      code =
          ub_resolve_async(context, name.c_str(), static_cast<int>(type), kInternet, question.get(), &on_result, &id);
    }
    if (code != 0) {
      if (code == UB_SYNTAX) failed.status = DnsStatus::kNxDomain;  // a text that is no name names nothing
      forget(question);
      finish(question, std::move(failed));
      return;
    }
    std::lock_guard lock(mutex);
    question->id = id;
    question->is_submitted = true;
  }
  if (must_arm) {
    asio::post(strand, [weak = self] {
      if (const auto state = weak.lock()) state->wait_for_deadline();
    });
  }
}

void UnboundResolver::State::forget(const std::shared_ptr<Question>& question) {
  std::lock_guard lock(mutex);
  registered.erase(question.get());
}

void UnboundResolver::State::finish(const std::shared_ptr<Question>& question, DnsAnswer answer) {
  std::optional<Handler> handler;
  {
    std::lock_guard lock(mutex);
    if (!question->handler) return;
    handler.emplace(std::move(*question->handler));
    question->handler.reset();
    by_deadline.erase(question->place);
  }
  asio::post(question->home, [handler = std::move(*handler), answer = std::move(answer)]() mutable {
    std::move(handler)(std::move(answer));
  });
}

// Ends the question for its asker, and in libunbound so that names without servers do not fill our bound.
void UnboundResolver::State::give_up(const std::shared_ptr<Question>& question) {
  outcome_counter(DnsStatus::kTimeout).add();
  DnsAnswer answer;
  answer.status = DnsStatus::kTimeout;
  finish(question, std::move(answer));
  std::shared_lock context_lock(context_mutex);
  int id = 0;
  {
    std::lock_guard lock(mutex);
    if (!question->is_submitted || !registered.contains(question.get())) return;
    id = question->id;
  }
  // After success the callback will not be called; otherwise it has been or is about to be, and it forgets.
  if (context != nullptr && ub_cancel(context, id) == 0) forget(question);
}

void UnboundResolver::State::on_result(void* argument, int failure, ub_result* result) {
  auto* raw = static_cast<Question*>(argument);
  State* const state = raw->state;
  DnsAnswer answer = to_answer(failure, result);
  ub_resolve_free(result);
  std::shared_ptr<Question> question;
  {
    std::lock_guard lock(state->mutex);
    const auto found = state->registered.find(raw);
    if (found == state->registered.end()) return;
    question = std::move(found->second);
    state->registered.erase(found);
  }
  outcome_counter(answer.status).add();
  state->cache.keep(question->key, answer, state->clock.now());
  state->finish(question, std::move(answer));
}

void UnboundResolver::State::wait_for_answers() {
  descriptor.async_wait(asio::posix::stream_descriptor::wait_read, [weak = self](error_code code) {
    const auto state = weak.lock();
    if (code || !state) return;
    {
      std::shared_lock context_lock(state->context_mutex);
      if (state->context == nullptr) return;
      ub_process(state->context);
    }
    state->wait_for_answers();
  });
}

void UnboundResolver::State::wait_for_deadline() {
  core::Deadline next;
  {
    std::lock_guard lock(mutex);
    if (by_deadline.empty() || by_deadline.begin()->first >= armed) return;
    armed = by_deadline.begin()->first;
    next = core::Deadline(armed);
  }
  constexpr core::Duration kFloor = std::chrono::milliseconds(1);
  timer.expires_after(std::max(next.left(clock), kFloor));
  timer.async_wait([weak = self](error_code code) {
    const auto state = weak.lock();
    if (!code && state) state->expire();
  });
}

void UnboundResolver::State::expire() {
  std::vector<std::shared_ptr<Question>> due;
  {
    std::lock_guard lock(mutex);
    armed = core::Instant::max();
    const auto end = by_deadline.upper_bound(clock.now());
    for (auto at = by_deadline.begin(); at != end; ++at) due.push_back(at->second);
  }
  for (const auto& question : due) give_up(question);
  wait_for_deadline();
}

void UnboundResolver::State::stop() {
  {
    std::unique_lock context_lock(context_mutex);
    if (context == nullptr) return;
    ub_ctx_delete(std::exchange(context, nullptr));  // no callback is called after this
  }
  std::unordered_map<Question*, std::shared_ptr<Question>> left;
  {
    std::lock_guard lock(mutex);
    left.swap(registered);
  }
  for (auto& [raw, question] : left) {
    DnsAnswer answer;
    answer.status = DnsStatus::kTimeout;
    finish(question, std::move(answer));
  }
  if (const auto state = self.lock()) {
    asio::post(strand, [state] {
      state->timer.cancel();
      error_code ignored;
      state->descriptor.close(ignored);
    });
  }
}

UnboundResolver::UnboundResolver(std::shared_ptr<State> state) : state_(std::move(state)) {}
UnboundResolver::~UnboundResolver() { stop(); }

core::Result<std::unique_ptr<UnboundResolver>> UnboundResolver::start(asio::io_context& io, ResolverOptions options,
                                                                      core::Clock& clock) {
  auto state = std::make_shared<State>(io, std::move(options), clock);
  state->self = state;
  state->context = ub_ctx_create();
  if (state->context == nullptr) return core::fail(core::Errc::kInvalid, "libunbound");
  POSTERN_CHECK(configure(state->context, state->options));
  const int copy = ::dup(ub_fd(state->context));
  if (copy < 0) return core::fail(core::Errc::kIo, "resolver descriptor");
  state->descriptor.assign(copy);
  asio::post(state->strand, [state] { state->wait_for_answers(); });
  return std::unique_ptr<UnboundResolver>(new UnboundResolver(std::move(state)));
}

void UnboundResolver::stop() { state_->stop(); }

core::Task<DnsAnswer> UnboundResolver::query(DnsQuestion question, core::Deadline by) {
  const auto state = state_;
  const core::Instant now = state->clock.now();
  std::string key = AnswerCache::key_of(question);
  if (auto known = state->cache.find(key, now)) {
    state->cache_hits.add();
    co_return std::move(*known);
  }
  DnsAnswer early;
  early.status = DnsStatus::kNxDomain;
  const std::string name = normalize_name(question.name);
  if (!can_be_asked(name)) co_return early;
  early.status = DnsStatus::kTimeout;
  if (by.at() <= now) co_return early;

  auto asked = std::make_shared<State::Question>();
  asked->state = state.get();
  asked->key = std::move(key);
  asked->home = co_await asio::this_coro::executor;
  const core::Deadline until = by.earlier_of(core::Deadline(now + state->options.query_time_max));
  auto start = [&](auto handler) {
    asked->handler.emplace(std::move(handler));
    auto slot = asio::get_associated_cancellation_slot(*asked->handler);  // wrapping the handler took its own slot
    if (slot.is_connected()) {
      slot.assign([weak = std::weak_ptr(asked)](asio::cancellation_type) {
        if (const auto self = weak.lock()) self->state->give_up(self);
      });
    }
    state->submit(name, question.type, until, asked);
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(DnsAnswer)>(start, asio::use_awaitable);
}

}  // namespace postern::net
