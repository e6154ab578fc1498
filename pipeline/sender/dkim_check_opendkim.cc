// libopendkim stops here. dkim.h is C99: it uses _Bool, which C++ does not have.
#define _Bool bool
#include <opendkim/dkim.h>
#undef _Bool

#include <algorithm>
#include <cstring>
#include <memory>

#include "core/encoding.h"
#include "pipeline/sender/dkim_check.h"
#include "pipeline/sender/dkim_public_key.h"

namespace postern::pipeline {
namespace {

using Candidates = std::vector<DkimCandidate>;

struct DkimFree {
  void operator()(DKIM* dkim) const { dkim_free(dkim); }
};

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT: bytes for a C API
}
// libopendkim takes its inputs without const and does not write to them.
unsigned char* input(std::string_view text) { return const_cast<unsigned char*>(bytes(text)); }  // NOLINT

std::string text_of(const unsigned char* text) {
  return text == nullptr ? std::string() : reinterpret_cast<const char*>(text);  // NOLINT: from a C API
}

// The record as libopendkim reads it, whatever the published one looked like.
std::string plain_record(const DkimKeyRecord& key) {
  return "v=DKIM1; k=" + key.type + "; p=" + core::to_base64(key.key->bytes);
}

// Keys were fetched beforehand and hang on the handle; libopendkim never asks DNS.
DKIM_CBSTAT look_up_key(DKIM* dkim, DKIM_SIGINFO* info, unsigned char* buffer, std::size_t buffer_bytes) noexcept {
  const auto* candidates = static_cast<const Candidates*>(dkim_get_user_context(dkim));
  const std::string domain = core::to_lower_ascii(text_of(dkim_sig_getdomain(info)));
  const std::string selector = core::to_lower_ascii(text_of(dkim_sig_getselector(info)));
  const std::string algorithm = core::to_lower_ascii(text_of(dkim_sig_getalgorithm(info)));
  for (const DkimCandidate& candidate : *candidates) {
    const DkimSignature& signature = candidate.signature;
    if (signature.domain != domain || signature.selector != selector) continue;
    if (!algorithm.empty() && signature.algorithm != algorithm) continue;
    const std::string record = plain_record(candidate.key);
    if (record.size() >= buffer_bytes) return DKIM_CBSTAT_ERROR;
    std::memcpy(buffer, record.c_str(), record.size() + 1);
    return DKIM_CBSTAT_CONTINUE;
  }
  return DKIM_CBSTAT_NOTFOUND;
}

DKIM_LIB* make_library() {
  DKIM_LIB* library = dkim_init(nullptr, nullptr);
  if (library == nullptr) return nullptr;
  dkim_set_key_lookup(library, look_up_key);
  // Sizes of keys were judged before, by DkimLimits.
  unsigned bits_min = 0;
  dkim_options(library, DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &bits_min, sizeof bits_min);
  return library;
}

// One for the process: it is thread-safe, and every handle of it is used by one call.
DKIM_LIB* library() {
  static DKIM_LIB* const instance = make_library();
  return instance;
}

// The signatures under test and every other field except further signatures, which would be parsed too.
bool feed_header(DKIM* dkim, std::string_view message, const HeaderLayout& layout, const Candidates& candidates) {
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    const SignedField& field = layout.fields[i];
    const std::string_view name = message.substr(field.name.begin, field.name.size());
    if (name.empty()) continue;  // no field: nothing can sign it
    if (core::equals_ignoring_case(name, "dkim-signature")) {
      const bool is_candidate = std::any_of(candidates.begin(), candidates.end(),
                                            [&](const DkimCandidate& candidate) { return candidate.field == i; });
      if (!is_candidate) continue;
    }
    const std::string_view whole = message.substr(field.whole.begin, field.whole.size());
    if (dkim_header(dkim, input(whole), whole.size()) != DKIM_STAT_OK) return false;
  }
  return true;
}

DkimOutcome judge(DKIM_SIGINFO* info, const DkimSignature& signature, std::string_view body) {
  const bool has_passed = (dkim_sig_getflags(info) & DKIM_SIGFLAG_PASSED) != 0;
  if (has_passed && dkim_sig_getbh(info) == DKIM_SIGBH_MATCH) {
    // libopendkim stops counting the canonical body at l=, so its size is ours.
    const bool is_partial =
        signature.length && *signature.length < hash_body(body, signature.body_canon, std::nullopt).body_bytes;
    if (is_partial) return {AuthResult::kPolicy, "l= leaves content unsigned"};
    return {AuthResult::kPass, {}};
  }
  if (dkim_sig_getbh(info) == DKIM_SIGBH_MISMATCH) return {AuthResult::kFail, "body hash did not verify"};
  const int error = dkim_sig_geterror(info);
  if (error == DKIM_SIGERROR_BADSIG || error == DKIM_SIGERROR_OK)
    return {AuthResult::kFail, "signature did not verify"};
  if (error == DKIM_SIGERROR_KEYFAIL) return {AuthResult::kTempError, "key could not be used"};
  if (error == DKIM_SIGERROR_TOOLARGE_L) return {AuthResult::kPermError, "l= exceeds the body"};
  const char* words = dkim_sig_geterrorstr(error);
  return {AuthResult::kPermError, words == nullptr ? "signature unusable" : words};
}

}  // namespace

std::vector<DkimOutcome> check_with_opendkim(std::string_view message, const HeaderLayout& layout,
                                             const std::vector<DkimCandidate>& candidates) {
  std::vector<DkimOutcome> outcomes(candidates.size(), DkimOutcome{AuthResult::kNeutral, "message not understood"});
  if (candidates.empty() || library() == nullptr) return outcomes;
  DKIM_STAT status = DKIM_STAT_OK;
  const std::unique_ptr<DKIM, DkimFree> dkim(dkim_verify(library(), bytes("postern"), nullptr, &status));
  if (dkim == nullptr) return outcomes;
  Candidates context = candidates;
  dkim_set_user_context(dkim.get(), &context);
  if (!feed_header(dkim.get(), message, layout, candidates)) return outcomes;
  // The status of each step sums all signatures up; what counts is each signature's own.
  dkim_eoh(dkim.get());
  const std::string_view body = message.substr(layout.body_begin);
  if (!body.empty()) dkim_body(dkim.get(), input(body), body.size());
  bool tests_keys = false;
  dkim_eom(dkim.get(), &tests_keys);
  DKIM_SIGINFO** infos = nullptr;
  int count = 0;
  if (dkim_getsiglist(dkim.get(), &infos, &count) != DKIM_STAT_OK) return outcomes;
  if (static_cast<std::size_t>(count) != candidates.size()) return outcomes;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if ((dkim_sig_getflags(infos[i]) & DKIM_SIGFLAG_PROCESSED) == 0) dkim_sig_process(dkim.get(), infos[i]);
    outcomes[i] = judge(infos[i], candidates[i].signature, body);
  }
  return outcomes;
}

}  // namespace postern::pipeline
