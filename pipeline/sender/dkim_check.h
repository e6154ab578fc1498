#pragma once
// pipeline/sender/dkim_check.h: the cryptographic part of DKIM verification, behind one function, so that there are
// two of them: ours on OpenSSL with kept keys, and libopendkim. Both get only signatures and keys judged sound.
// Thread-safety: free functions, any thread.  Ownership: parameters are used during the call only.
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/api/verdict.h"
#include "pipeline/sender/dkim_key_record.h"
#include "pipeline/sender/dkim_signature.h"
#include "pipeline/sender/header_fields.h"

namespace postern::pipeline {

struct DkimCandidate {
  std::size_t field = 0;  // index in the layout
  DkimSignature signature;
  DkimKeyRecord key;
};

struct DkimOutcome {
  AuthResult result = AuthResult::kNeutral;  // kPass, kFail, kPolicy (unsigned bytes behind l=), kPermError, kTempError
  std::string reason;
};

// One outcome a candidate, in order.
std::vector<DkimOutcome> check_with_openssl(std::string_view message, const HeaderLayout& layout,
                                            const std::vector<DkimCandidate>& candidates);
std::vector<DkimOutcome> check_with_opendkim(std::string_view message, const HeaderLayout& layout,
                                             const std::vector<DkimCandidate>& candidates);

// True when `data`, as canonicalised by the caller, is what the signature signs.
bool verify_signature(const DkimSignature& signature, const DkimKeyRecord& key, const std::string& data);

}  // namespace postern::pipeline
