#pragma once
// auth/second_factors/ways_in.h: what the web borrows to let people in. Everything outlives the server.
#include "auth/second_factors/devices.h"
#include "auth/second_factors/second_factors.h"
#include "auth/second_factors/sign_in.h"
#include "auth/second_factors/text_codes.h"
#include "auth/security_policy.h"

namespace postern::auth {

struct WaysIn {
  SignIn& sign_in;
  SecondFactors& factors;
  Devices& devices;
  SecurityPolicies& policies;
  TextCodes* texts = nullptr;  // none: no codes by text message
};

}  // namespace postern::auth
