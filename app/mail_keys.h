#pragma once
// app/mail_keys.h: signing keys and certificates for the API: web::MailKeys over the folder of keys, the signer, DNS and the files of
// the listeners. What changes keys makes the signer read them before it answers, so that what is shown is what signs.
// Thread-safety: all methods from any executor; files and key making on the pool.  Ownership: borrows everything.
// Errors: as web::MailKeys says.  Limits: kDnsTimeMax for all records of a domain.
#include <filesystem>
#include <functional>

#include "app/dkim_rotation_task.h"
#include "web/mail_keys.h"

namespace postern::app {

class MailKeyDesk final : public web::MailKeys {
 public:
  static constexpr std::chrono::seconds kDnsTimeMax{20};
  struct Parts {
    pipeline::DkimKeyFolder folder;
    pipeline::DkimSigner& signer;
    net::DnsResolver& resolver;
    core::WorkPool& pool;
    core::Clock& clock;
    pipeline::DkimRotationOptions rotation;
    std::vector<std::pair<std::string, std::filesystem::path>> certificates;  // of which listener; the chain's file
    std::function<core::Result<std::vector<std::string>>()> reload;           // empty: not offered
  };
  explicit MailKeyDesk(Parts parts) : parts_(std::move(parts)) {}

  core::Task<core::Result<std::vector<web::MailKeyState>>> keys(std::string domain) override;
  core::Task<core::Result<void>> rotate(std::string domain, bool is_now) override;
  core::Task<core::Result<void>> retire(std::string domain, std::string selector, bool is_forced) override;
  core::Task<core::Result<std::vector<web::CertificateState>>> certificates() override;
  core::Result<std::vector<std::string>> reload() override { return parts_.reload(); }
  bool may_reload() const override { return static_cast<bool>(parts_.reload); }

 private:
  const Parts parts_;
};

}  // namespace postern::app
