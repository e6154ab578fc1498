#include "app/mail_keys.h"

#include "app/dkim_by_hand.h"
#include "net/certificate.h"

namespace postern::app {
namespace {

// offload() for jobs that can fail themselves; see dkim_rotation_task.cc.
template <class F, class R = std::invoke_result_t<F&>>
core::Task<R> done_on(core::WorkPool& pool, F job) {
  auto boxed = [job = std::move(job)]() mutable { return std::make_shared<R>(job()); };
  const core::Result<std::shared_ptr<R>> done = co_await core::offload(pool, std::move(boxed));
  if (!done) co_return done.error();
  co_return std::move(**done);
}

web::MailKeyState key_state(const pipeline::DkimOutlook& outlook, const pipeline::DkimTxtRecord& record) {
  const pipeline::DkimKeyInfo& key = outlook.key;
  web::MailKeyState out;
  out.selector = key.selector;
  out.algorithm = to_string(key.algorithm);
  out.state = to_string(key.state);
  out.in_dns = to_string(outlook.sighting);
  out.next = to_string(outlook.next);
  out.explanation = describe(outlook);
  out.owner = record.owner;
  out.txt = record.value;
  out.created = key.created;
  out.activated = key.activated;
  out.stopped = key.stopped;
  out.retired = key.retired;
  out.seen_since = key.seen_since;
  out.next_at = outlook.at;
  return out;
}

web::CertificateState certificate_state(const std::string& listener, const std::filesystem::path& file) {
  web::CertificateState out;
  out.listener = listener;
  const core::Result<net::CertificateFacts> facts = net::read_certificate(file);
  if (!facts) {
    out.problem = "the certificate file cannot be read";
    return out;
  }
  out.names = facts->names;
  out.subject = facts->subject;
  out.issuer = facts->issuer;
  out.chain_length = facts->chain_length;
  out.is_self_signed = facts->is_self_signed;
  out.not_before_unix_ms = facts->not_before_unix_ms;
  out.not_after_unix_ms = facts->not_after_unix_ms;
  return out;
}

}  // namespace

core::Task<core::Result<std::vector<web::MailKeyState>>> MailKeyDesk::keys(std::string domain) {
  auto load = [folder = parts_.folder, domain] { return load_keys(folder, domain); };
  POSTERN_CO_TRY(DkimKeysOfDomain loaded, co_await done_on(parts_.pool, std::move(load)));
  DkimKeysOfDomain asked = loaded;
  const auto by = core::Deadline::after(kDnsTimeMax, parts_.clock);
  const std::vector<pipeline::DkimObservation> seen = co_await observe_keys(std::move(asked), parts_.resolver, by);
  const std::vector<pipeline::DkimOutlook> outlooks = look_ahead(loaded.keys, seen, parts_.clock.wall_now(), parts_.rotation);
  std::vector<web::MailKeyState> out;
  for (std::size_t i = 0; i < outlooks.size(); ++i) out.push_back(key_state(outlooks[i], loaded.records[i]));
  co_return out;
}

core::Task<core::Result<void>> MailKeyDesk::rotate(std::string domain, bool is_now) {
  auto job = [folder = parts_.folder, signer = &parts_.signer, clock = &parts_.clock, domain, is_now]() -> core::Result<void> {
    const core::Result<bool> done = rotate_by_hand(folder, domain, is_now, *clock);
    POSTERN_CHECK(signer->reload(folder));  // also after a failure, which may have changed some of the keys
    if (!done) return done.error();
    return {};
  };
  co_return co_await done_on(parts_.pool, std::move(job));
}

core::Task<core::Result<void>> MailKeyDesk::retire(std::string domain, std::string selector, bool is_forced) {
  auto job = [folder = parts_.folder, signer = &parts_.signer, clock = &parts_.clock, rotation = parts_.rotation, domain, selector,
              is_forced]() -> core::Result<void> {
    POSTERN_CHECK(retire_by_hand(folder, domain, selector, is_forced, *clock, rotation));
    return signer->reload(folder);
  };
  co_return co_await done_on(parts_.pool, std::move(job));
}

core::Task<core::Result<std::vector<web::CertificateState>>> MailKeyDesk::certificates() {
  auto job = [files = parts_.certificates]() -> core::Result<std::vector<web::CertificateState>> {
    std::vector<web::CertificateState> out;
    for (const auto& [listener, file] : files) out.push_back(certificate_state(listener, file));
    return out;
  };
  co_return co_await done_on(parts_.pool, std::move(job));
}

}  // namespace postern::app
