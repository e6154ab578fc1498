#pragma once
// ticketing/people/merge_profile.h: what is known of two people, as that of one: the survivor's own words win, what he lacks he gets;
// notes and details of both stand one below the other; tags, organisations and addresses are those of both.
// Thread-safety: pure, apart from the ids.  Errors: Errc::kInvalid beyond a limit.
#include "auth/accounts.h"
#include "storage/schema/people.pb.h"
#include "ticketing/people/person_merge.h"

namespace postern::ticketing {

// Where tickets of each belong before the merge; 0: nowhere.
struct MergedDefaults {
  std::uint64_t of_gone = 0;
  std::uint64_t of_survivor = 0;
};
core::Result<schema::Profile> merged_profile(const schema::Profile& from, const auth::User& gone, const schema::Profile& into, const auth::User& stays,
                                             const MergedDefaults& organizations, const PersonMergeLimits& limits, const Services& with);

}  // namespace postern::ticketing
