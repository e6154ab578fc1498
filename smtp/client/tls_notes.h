#pragma once
// smtp/client/tls_notes.h: tells an observer what the sessions of one attempt showed of TLS (RFC 8460). A session counts once, under the
// policy that its host was held to; a policy of MTA-STS that could not be had counts as one failed session besides. Not counted: hosts that
// did not get as far as STARTTLS, and mail that goes to a relay or to an address.
// Thread-safety: one owner.  Ownership: borrows the observer and the clock.
#include <optional>

#include "pipeline/api/tls_session.h"
#include "smtp/client/host_tls.h"
#include "smtp/client/sts_policies.h"

namespace postern::smtp {

class TlsNotes {
 public:
  // `observer` null: nobody asks. `domain`: the recipient's, as DNS has it.
  TlsNotes(pipeline::TlsObserver* observer, core::Clock& clock, std::string domain);
  bool is_on() const { return observer_ != nullptr; }
  void policy(const StsFinding& found);
  // `shown`: of the session; nothing when there was none, or none that came so far.
  void host(const HostTls& tls, const Target& target, const std::optional<pipeline::TlsFailure>& shown);

 private:
  void tell(pipeline::AppliedTlsPolicy policy, pipeline::TlsFailure shown);

  pipeline::TlsObserver* observer_;
  core::Clock& clock_;
  std::string domain_;
};

// As reports name them.
pipeline::AppliedTlsPolicy sts_in_force(const StsPolicy& policy, const std::string& domain);
pipeline::AppliedTlsPolicy tlsa_in_force(const std::vector<net::TlsaRecord>& records, const std::string& base);

// Whether a message is a TLS report of our own: it goes out whatever the policies say of TLS, and is in no report (sections 3 and 5.3).
// Only the system writes mail without a ticket, and only its reports have that field.
bool is_own_tls_report(const pipeline::OutboundMessage& message);

}  // namespace postern::smtp
