#include "pipeline/sender/spf_evaluator.h"

// libspf2 stops here. Its headers want these before them.
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <sys/types.h>
extern "C" {
#include <spf2/spf_dns.h>
#include <spf2/spf_dns_rr.h>
#include <spf2/spf_log.h>
#include <spf2/spf_record.h>
#include <spf2/spf_request.h>
#include <spf2/spf_response.h>
#include <spf2/spf_server.h>
}

#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>

#include "core/assert.h"
#include "core/encoding.h"

namespace postern::pipeline {
namespace {

struct ServerFree {
  void operator()(SPF_server_t* server) const { SPF_server_free(server); }
};
struct RequestFree {
  void operator()(SPF_request_t* request) const { SPF_request_free(request); }
};
struct ResponseFree {
  void operator()(SPF_response_t* response) const { SPF_response_free(response); }
};

// libspf2 ends the process on broken invariants of its own; ours are reported the same way.
__attribute__((noreturn)) void on_error(const char* file, int line, const char* message) {
  core::assertion_failed(message, file, line);
}
void on_message(const char*, int, const char*) {}

int herrno_of(SpfReply::Status status) {
  switch (status) {
    case SpfReply::Status::kOk: return NETDB_SUCCESS;
    case SpfReply::Status::kNoData: return NO_DATA;
    case SpfReply::Status::kNxDomain: return HOST_NOT_FOUND;
    case SpfReply::Status::kTryAgain: return TRY_AGAIN;
  }
  return TRY_AGAIN;
}

// Room for one record of `bytes`; false when memory is short.
bool make_room(SPF_dns_rr_t* rr, std::size_t bytes) {
  return SPF_dns_rr_buf_realloc(rr, rr->num_rr, bytes) == SPF_E_SUCCESS;
}

void fill(SPF_dns_rr_t* rr, ns_type type, const SpfReply& reply) {
  if (type == ns_t_a || type == ns_t_aaaa) {
    for (const net::IpAddress& address : reply.addresses) {
      if (address.is_v4() != (type == ns_t_a) || !make_room(rr, sizeof(in6_addr))) continue;
      if (address.is_v4()) {
        const auto bytes = address.asio().to_v4().to_bytes();
        std::memcpy(&rr->rr[rr->num_rr]->a, bytes.data(), bytes.size());
      } else {
        const auto bytes = address.asio().to_v6().to_bytes();
        std::memcpy(&rr->rr[rr->num_rr]->aaaa, bytes.data(), bytes.size());
      }
      ++rr->num_rr;
    }
    return;
  }
  for (const std::string& value : reply.values) {
    if (!make_room(rr, value.size() + 1)) continue;
    std::memcpy(rr->rr[rr->num_rr]->txt, value.c_str(), value.size() + 1);
    ++rr->num_rr;
  }
}

SPF_dns_rr_t* look_up(SPF_dns_server_t* server, const char* domain, ns_type type, int) noexcept {
  auto* run = static_cast<SpfRun*>(server->hook);
  const std::string name = core::to_lower_ascii(domain == nullptr ? "" : domain);
  SpfReply reply;
  switch (static_cast<int>(type)) {
    case ns_t_txt: reply = run->answer(name, net::DnsType::kTxt); break;
    case ns_t_a: reply = run->answer(name, net::DnsType::kA); break;
    case ns_t_aaaa: reply = run->answer(name, net::DnsType::kAaaa); break;
    case ns_t_mx: reply = run->answer(name, net::DnsType::kMx); break;
    case ns_t_ptr: reply = run->answer(name, net::DnsType::kPtr); break;
    default: reply.status = SpfReply::Status::kNoData; break;  // type 99 was withdrawn (RFC 7208 section 3.1)
  }
  SPF_dns_rr_t* rr = SPF_dns_rr_new_init(server, domain, type, 60, herrno_of(reply.status));
  if (rr != nullptr && reply.status == SpfReply::Status::kOk) fill(rr, type, reply);
  return rr;
}

// Keeps libspf2 from its own explanation code, which overflows the stack (libraries.md B-a): records carry no exp= any
// more, and what it would read is this.
SPF_errcode_t no_explanation(SPF_server_t*, const char*, char** buffer, std::size_t* bytes) noexcept {
  std::free(*buffer);  // NOLINT: allocated by libspf2 with malloc
  *buffer = strdup("-");
  *bytes = 2;
  return *buffer == nullptr ? SPF_E_NO_MEMORY : SPF_E_SUCCESS;
}

AuthResult result_of(SPF_result_t result) {
  switch (result) {
    case SPF_RESULT_PASS: return AuthResult::kPass;
    case SPF_RESULT_FAIL: return AuthResult::kFail;
    case SPF_RESULT_SOFTFAIL: return AuthResult::kSoftFail;
    case SPF_RESULT_NEUTRAL: return AuthResult::kNeutral;
    case SPF_RESULT_NONE: return AuthResult::kNone;
    case SPF_RESULT_TEMPERROR: return AuthResult::kTempError;
    default: return AuthResult::kPermError;  // SPF_RESULT_INVALID: a record that libspf2 could not compile
  }
}

}  // namespace

AuthResult evaluate_spf(SpfRun& run, const net::IpAddress& client_ip) {
  static std::once_flag handlers_set;
  std::call_once(handlers_set, [] {
    SPF_error_handler = on_error;
    SPF_warning_handler = on_message;
    SPF_info_handler = on_message;
    SPF_debug_handler = on_message;
  });
  SPF_dns_server_t dns{};
  dns.lookup = look_up;
  dns.get_exp = no_explanation;
  dns.name = "replay";
  dns.hook = &run;
  const std::unique_ptr<SPF_server_t, ServerFree> server(SPF_server_new_dns(&dns, 0));
  if (server == nullptr) return AuthResult::kTempError;
  const std::unique_ptr<SPF_request_t, RequestFree> request(SPF_request_new(server.get()));
  if (request == nullptr) return AuthResult::kTempError;
  const std::string ip = client_ip.to_string();
  if (client_ip.is_v4()) {
    SPF_request_set_ipv4_str(request.get(), ip.c_str());
  } else {
    SPF_request_set_ipv6_str(request.get(), ip.c_str());
  }
  SPF_request_set_helo_dom(request.get(), "helo.alias.invalid");
  SPF_request_set_env_from(request.get(), ("postmaster@" + run.initial_name()).c_str());
  const std::unique_ptr<SPF_response_t, ResponseFree> response(SPF_response_new(request.get()));
  if (response == nullptr) return AuthResult::kTempError;
  // SPF_request_query_mailfrom() passes loopback clients whatever the record says; these are its other steps.
  request->cur_dom = request->env_from_dp;
  SPF_record_t* record = nullptr;
  const SPF_errcode_t error = SPF_server_get_record(server.get(), request.get(), response.get(), &record);
  if (error != SPF_E_SUCCESS || record == nullptr) {
    if (record != nullptr) SPF_record_free(record);
    return error == SPF_E_NOT_SPF ? AuthResult::kNone : AuthResult::kPermError;
  }
  response->spf_record_exp = record;
  SPF_record_interpret(record, request.get(), response.get(), 0);
  const AuthResult result = result_of(SPF_response_result(response.get()));
  SPF_record_free(record);
  return result;
}

}  // namespace postern::pipeline
