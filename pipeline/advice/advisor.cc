#include "pipeline/advice/advisor.h"

#include "core/encoding.h"
#include "core/errc.h"
#include "core/file.h"
#include "pipeline/advice/answer_memo.h"
#include "pipeline/advice/forecast.h"
#include "pipeline/sender/domain_name.h"
#include "pipeline/sender/resolve_all.h"

namespace postern::pipeline {
namespace {

constexpr std::size_t kCertificateBytesMax = 1U << 20U;

// Everything whose name is known beforehand is asked side by side; the checks then find it in the memo.
core::Task<void> ask_ahead(const AdviceRun& run) {
  using net::DnsType;
  const std::string& domain = run.subject.domain;
  std::vector<net::DnsQuestion> questions;
  const auto add = [&](std::string name, DnsType type) {
    if (is_dns_name(name)) questions.emplace_back(std::move(name), type);
  };
  add(domain, DnsType::kSoa);
  add(domain, DnsType::kMx);
  add(domain, DnsType::kTxt);
  add(run.subject.hostname, DnsType::kA);
  add(run.subject.hostname, DnsType::kAaaa);
  add("_dmarc." + domain, DnsType::kTxt);
  for (const DkimKeyAdvice& key : run.subject.dkim) add(key.txt.owner, DnsType::kTxt);
  add("_mta-sts." + domain, DnsType::kTxt);
  add("mta-sts." + domain, DnsType::kA);
  add("mta-sts." + domain, DnsType::kAaaa);
  add("_smtp._tls." + domain, DnsType::kTxt);
  add("_25._tcp." + run.subject.hostname, DnsType::kTlsa);
  co_await resolve_all(run.resolver, std::move(questions), run.by);
}

void append(std::vector<RecordAdvice>& to, std::vector<RecordAdvice> more) {
  for (RecordAdvice& one : more) to.push_back(std::move(one));
}

std::string read_pem(const std::filesystem::path& path) {
  if (path.empty()) return {};
  auto text = core::read_file(path, kCertificateBytesMax);
  return text ? std::move(*text) : std::string();
}

// A job's own result, apart from that of getting a place on the pool.
class Reading {
 public:
  static Reading of(const AdvisorOptions& options, std::string domain) {
    return Reading(std::make_shared<core::Result<AdviceSubject>>(read_subject(options, std::move(domain))));
  }
  core::Result<AdviceSubject> take() { return std::move(*subject_); }

 private:
  using Slot = std::shared_ptr<core::Result<AdviceSubject>>;
  explicit Reading(Slot subject) : subject_(std::move(subject)) {}
  Slot subject_;
};

class RunningCount {
 public:
  RunningCount(std::mutex& mutex, std::size_t& count) : mutex_(mutex), count_(count) {}
  ~RunningCount() {
    const std::lock_guard lock(mutex_);
    --count_;
  }
  RunningCount(const RunningCount&) = delete;

 private:
  std::mutex& mutex_;
  std::size_t& count_;
};

}  // namespace

core::Result<AdviceSubject> read_subject(const AdvisorOptions& options, std::string domain) {
  AdviceSubject out;
  out.domain = std::move(domain);
  out.hostname = to_a_labels(options.hostname).value_or(options.hostname);
  out.web_host = options.web_host;
  out.addresses = options.addresses;
  out.report_address = options.report_address;
  out.mta_sts = options.mta_sts;
  out.validates_dnssec = options.validates_dnssec;
  out.smtp_certificate_pem = read_pem(options.smtp_certificate);
  out.web_certificate_pem = read_pem(options.web_certificate);
  if (options.dkim_folder.empty()) return out;
  const DkimKeyFolder folder(options.dkim_folder);
  POSTERN_TRY(const auto keys, folder.list(out.domain));
  for (const DkimKeyInfo& key : keys) {
    if (key.state == DkimKeyState::kRetired) continue;
    POSTERN_TRY(auto txt, folder.txt_record(key));
    out.dkim.push_back({key, std::move(txt)});
  }
  return out;
}

core::Task<DomainAdvice> advise_on(AdviceSubject subject, net::DnsResolver& resolver, core::Clock& clock, AdviceLimits limits,
                                   core::Deadline by) {
  AnswerMemo memo(resolver, limits.questions_max);
  AdviceRun run(subject, memo, clock, limits, by);
  co_await ask_ahead(run);
  co_await find_zone(run);
  co_await find_addresses(run);
  DomainAdvice out;
  out.domain = subject.domain;
  out.hostname = subject.hostname;
  out.zone = run.zone;
  out.checked_at = clock.wall_now();
  out.mta_sts_policy = pipeline::mta_sts_policy(subject.mta_sts, subject.hostname);
  out.records.push_back(co_await advise_mx(run));
  append(out.records, co_await advise_host(run));
  const SpfAdvice spf = co_await advise_spf(run);
  out.records.push_back(spf.record);
  out.spf_budget = spf.budget;
  const std::vector<RecordAdvice> dkim = co_await advise_dkim(run);
  append(out.records, dkim);
  const DmarcAdvice dmarc = co_await advise_dmarc(run);
  append(out.records, dmarc.records);
  append(out.records, co_await advise_mta_sts(run, out.notes));
  out.records.push_back(co_await advise_tls_rpt(run));
  append(out.records, co_await advise_tlsa(run, out.notes));
  out.reply = foretell(run, spf, dkim, dmarc);
  co_return out;
}

bool DnsDomainAdvisor::find_kept(const std::string& domain, DomainAdvice& into) {
  const std::lock_guard lock(mutex_);
  const auto found = kept_.find(domain);
  if (found == kept_.end() || found->second.until <= clock_.now()) return false;
  into = found->second.advice;
  return true;
}

void DnsDomainAdvisor::keep(const DomainAdvice& advice) {
  const core::Instant now = clock_.now();
  const std::lock_guard lock(mutex_);
  std::erase_if(kept_, [&](const auto& entry) { return entry.second.until <= now; });
  if (kept_.size() < options_.kept_max) kept_.insert_or_assign(advice.domain, Kept{now + options_.kept_for, advice});
}

bool DnsDomainAdvisor::try_enter() {
  const std::lock_guard lock(mutex_);
  if (running_ >= options_.checks_max) return false;
  ++running_;
  return true;
}

core::Task<core::Result<DomainAdvice>> DnsDomainAdvisor::advise(std::string domain, core::Deadline by) {
  const std::optional<std::string> name = to_a_labels(domain);
  if (!name || count_labels(*name) < 2) co_return core::fail(core::Errc::kInvalid, "\"" + domain + "\" is no domain name such as example.com");
  DomainAdvice out;
  if (find_kept(*name, out)) co_return out;
  if (!try_enter()) co_return core::fail_transient(core::Errc::kOverloaded, "domain checks");
  const RunningCount counted(mutex_, running_);
  auto job = [options = options_, asked = *name] { return Reading::of(options, asked); };
  POSTERN_CO_TRY(Reading read, co_await core::offload(pool_, std::move(job)));
  POSTERN_CO_TRY(AdviceSubject subject, read.take());
  out = co_await advise_on(std::move(subject), resolver_, clock_, options_.limits, by);
  keep(out);
  co_return out;
}

std::string DnsDomainAdvisor::mta_sts_policy() const {
  return pipeline::mta_sts_policy(options_.mta_sts, to_a_labels(options_.hostname).value_or(options_.hostname));
}

}  // namespace postern::pipeline
